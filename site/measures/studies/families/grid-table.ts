import { type Html, html } from '../../../page-kit/html.ts';

/** A table that scrolls on its own; the first cell of each row is its heading. */
export function gridTable(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
  kind = '',
): Html {
  const header = columns.map((column) => html`<th scope=col>${column}</th>`);
  const body = rows.map(
    ([first = '', ...cells]) =>
      html`<tr><th scope=row>${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  );
  return html`
    <div class=scroll tabindex=0 role=region aria-label="${name}">
      <table class="grid${kind && ` ${kind}`}" aria-label="${name}">
        <thead><tr>${header}</tr></thead>
        <tbody>${body}</tbody>
      </table>
    </div>
  `;
}
