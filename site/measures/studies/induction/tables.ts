import type { InductionCurveRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { signed } from '../../../page-kit/format.ts';
import { attr, type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { kindOf, type StudiedHead } from './data.ts';
import { headLink } from './head-link.ts';

const VERDICT = 'Verdict';

/** Verdicts with what they rest on. */
export function verdictTable(heads: readonly StudiedHead[], name: string, env: PageEnv): Html {
  const columns = [
    'Head',
    VERDICT,
    'Attention after one token',
    'Greatest attention',
    'at a prefix of',
    'Half of it from a prefix of',
    'Logits for the right token there',
  ];
  const rows = heads.map((head) => verdictRow(head, env));
  return table(columns, rows, name);
}

function verdictRow({ row, curve }: StudiedHead, env: PageEnv): Html {
  const [first] = curve;
  const there = curve.find(({ prefix }) => prefix === row.greatest_prefix);
  const verdict = html`<span class="kind ${kindOf(row)}">${row.verdict}</span>`;
  const cells = [
    first ? withError(first.attention, first.attention_high) : '–',
    there ? withError(there.attention, there.attention_high) : '–',
    String(row.greatest_prefix ?? '–'),
    String(row.half_prefix ?? '–'),
    there ? signed(there.attribution, 2) : '–',
  ];
  return html`
    <tr>
      <th scope=row>${headLink(row, env)}</th>
      <td class=words>${verdict}</td>
      ${cells.map((cell) => html`<td>${cell}</td>`)}
    </tr>
  `;
}

/** The curves as numbers: attention, or logits, by length of prefix. */
export function curveTable(heads: readonly StudiedHead[], measure: 'attention' | 'attribution', env: PageEnv): Html {
  const lengths = heads.reduce((most, { curve }) => Math.max(most, curve.length), 0);
  const columns = ['Head', ...Array.from({ length: lengths }, (_, i) => String(i + 1))];
  const cell = (point: InductionCurveRow) =>
    measure === 'attention'
      ? withError(point.attention, point.attention_high)
      : withError(point.attribution, point.attribution_high);
  const rows = heads.map(
    ({ row, curve }) =>
      html`<tr><th scope=row>${headLink(row, env)}</th>${curve.map((point) => html`<td>${cell(point)}</td>`)}</tr>`,
  );
  const name =
    measure === 'attention' ? 'Mean attention by length of prefix' : 'Direct logit attribution by length of prefix';
  return html`<h3>${name}</h3>${table(columns, rows, name)}`;
}

/** `0.85 ± 0.02`: mean and half of its interval. */
function withError(mean: number, high: number): Html {
  const half = high - mean;
  const decimals = Math.abs(mean) >= 10 ? 1 : 2;
  const fixed = (value: number) => value.toFixed(decimals).replace(/^-/, '−');
  return Number.isFinite(half) ? html`${fixed(mean)} <small>± ${fixed(half)}</small>` : html`${fixed(mean)}`;
}

function table(columns: readonly string[], rows: readonly Html[], name: string): Html {
  const header = columns.map((column) => html`<th scope=col${column === VERDICT && attr` class=words`}>${column}</th>`);
  return html`
    <div class=scroll tabindex=0 role=region aria-label="${name}">
      <table class=grid><thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table>
    </div>
  `;
}
