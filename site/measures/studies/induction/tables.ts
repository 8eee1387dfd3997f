import type { InductionCurveRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { fixed } from '../../../page-kit/fixed.ts';
import { count, signed } from '../../../page-kit/format.ts';
import { attr, type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { headName, kindOf, type StudiedHead } from './data.ts';
import { headLink } from './head-link.ts';

const VERDICT = 'Verdict';

/** Verdicts with what they rest on. */
export function verdictTable(heads: readonly StudiedHead[], env: PageEnv): Html {
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
  return table(columns, rows, 'Verdicts');
}

function verdictRow({ row, curve }: StudiedHead, env: PageEnv): Html {
  const [first] = curve;
  const there = greatestOf({ row, curve });
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
      <td class=words>${verdictOf({ row })}</td>
      ${cells.map((cell) => html`<td>${cell}</td>`)}
    </tr>
  `;
}

/** A point of a head's curves. */
interface CurvePoint {
  readonly head: StudiedHead;
  readonly point: InductionCurveRow;
}

/** Every point of the curves, with its intervals. */
export function curveTable(heads: readonly StudiedHead[], env: PageEnv): Html {
  const number = (
    name: string,
    key: keyof InductionCurveRow,
    show: (value: number) => string = rounded,
  ): FigureColumn<CurvePoint> => ({
    ...{ name, key, value: ({ point }) => point[key], show: ({ point }) => show(point[key]) },
  });
  return figureTable<CurvePoint>({
    name: 'Attention and direct logit attribution by length of prefix',
    file: 'induction-curves',
    summary: 'The same as numbers',
    columns: [
      {
        ...{ name: 'Head', key: 'head', value: ({ head }) => headName(head.row) },
        show: ({ head }) => headLink(head.row, env),
      },
      number('Prefix', 'prefix', String),
      number('Examples', 'examples', count),
      number('Attention', 'attention'),
      number('from', 'attention_low'),
      number('to', 'attention_high'),
      number('Logits for the right token', 'attribution'),
      number('from', 'attribution_low'),
      number('to', 'attribution_high'),
    ],
    rows: heads.flatMap((head) => head.curve.map((point) => ({ head, point }))),
  });
}

/** Every head's verdict with what it rests on. */
export const headsTable = (heads: readonly StudiedHead[], env: PageEnv): Html =>
  figureTable<StudiedHead>({
    name: 'Verdicts of all heads',
    file: 'induction-heads',
    summary: `All ${heads.length} heads`,
    columns: [
      { name: 'Head', key: 'head', value: ({ row }) => headName(row), show: ({ row }) => headLink(row, env) },
      { name: VERDICT, key: 'verdict', value: ({ row }) => row.verdict, show: verdictOf },
      atPrefix('Attention after one token', 'one_token', ({ one_token }) => one_token),
      atPrefix('Greatest attention', 'greatest', ({ greatest }) => greatest),
      { name: 'at a prefix of', key: 'greatest_prefix', value: ({ row }) => row.greatest_prefix },
      { name: 'Half of it from a prefix of', key: 'half_prefix', value: ({ row }) => row.half_prefix },
      atPrefix('Logits for the right token there', 'attribution', (_, there) => there?.attribution ?? null),
    ],
    rows: heads,
  });

/** A number of a head: of its row, or of its curve where its attention is greatest. */
function atPrefix(
  name: string,
  key: string,
  of: (row: StudiedHead['row'], there: InductionCurveRow | undefined) => number | null,
): FigureColumn<StudiedHead> {
  const value = (head: StudiedHead) => of(head.row, greatestOf(head));
  const show = (head: StudiedHead) => {
    const number = value(head);
    return number === null ? '–' : rounded(number);
  };
  return { name, key, value, show };
}

const verdictOf = ({ row }: Pick<StudiedHead, 'row'>) => html`<span class="kind ${kindOf(row)}">${row.verdict}</span>`;

/** The point of a head's curve where its attention is greatest. */
const greatestOf = ({ row, curve }: Pick<StudiedHead, 'row' | 'curve'>) =>
  curve.find(({ prefix }) => prefix === row.greatest_prefix);

/** `0.85 ± 0.02`: mean and half of its interval. */
function withError(mean: number, high: number): Html {
  const half = high - mean;
  return Number.isFinite(half)
    ? html`${rounded(mean)} <small>± ${rounded(half, mean)}</small>`
    : html`${rounded(mean)}`;
}

/** To two decimals, or to one where what it belongs to is 10 or more. */
const rounded = (value: number, of = value) => fixed(value, Math.abs(of) >= 10 ? 1 : 2);

function table(columns: readonly string[], rows: readonly Html[], name: string): Html {
  const header = columns.map((column) => html`<th scope=col${column === VERDICT && attr` class=words`}>${column}</th>`);
  return html`
    <div class=scroll tabindex=0 role=region aria-label="${name}">
      <table class=grid aria-label="${name}"><thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table>
    </div>
  `;
}
