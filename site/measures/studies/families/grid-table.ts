/** A table that scrolls on its own; cells are HTML, the first of each row its heading. */
export function gridTable(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  kind = '',
): string {
  const header = columns.map((column) => `<th scope=col>${column}</th>`);
  const body = rows.map(
    ([first = '', ...cells]) =>
      `<tr><th scope=row>${first}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
  );
  return (
    `<div class=scroll tabindex=0 role=region aria-label="${name}"><table class="grid${kind === '' ? '' : ` ${kind}`}">` +
    `<thead><tr>${header.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}
