import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import type { TrainingCurveRow } from '../../../pipeline/measures/training/table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { saeTitle } from '../quality/sae-title.ts';
import { gridTable } from '../studies/families/grid-table.ts';
import { curvePanel } from './curve-panel.ts';

interface Measured {
  readonly name: string;
  value(row: TrainingCurveRow): number;
  show(value: number): string;
  /** Whether it is in the table alone. */
  readonly isPlain?: boolean;
}

const measures: readonly Measured[] = [
  { name: 'Loss', value: ({ loss }) => loss, show: significant },
  { name: 'Explained variance', value: (row) => row.explained_variance, show: percent, isPlain: true },
  { name: 'L0', value: ({ l0 }) => l0, show: significant },
  { name: 'Dead', value: ({ dead }) => dead, show: count },
  { name: 'Threshold', value: ({ threshold }) => threshold, show: significant },
  { name: 'Learning rate', value: (row) => row.learning_rate, show: significant },
];

/** Rows of a table that is read; all of them are in the run's. */
const shownRows = 25;

/** How each SAE was trained, of those that say so; nothing where none does. */
export function trainingSection(saes: readonly SaeRow[], rows: readonly TrainingCurveRow[], links: Links): Html {
  if (rows.length === 0) return nothing;
  const curves = Map.groupBy(rows, ({ sae }) => sae);
  return html`
    <section aria-labelledby=training>
      <h2 id=training>How they were trained</h2>
      <p class=note>
        By step, running means over the steps before: <a href="${links.page('methods')}#training-curve">what the curves
        are</a>. Each axis begins at 0; the number on the right is the greatest value.
      </p>
      ${saes.map((sae) => saeFigure(sae, curves.get(sae.sae) ?? []))}
    </section>
  `;
}

function saeFigure(sae: Pick<SaeRow, 'sae' | 'layer'>, rows: readonly TrainingCurveRow[]): Html {
  const last = rows.at(-1);
  if (last === undefined) return nothing;
  const drawn = measures.filter(({ isPlain }) => !isPlain);
  const columns = ['Step', 'Tokens', ...measures.map(({ name }) => name)];
  const cells = evenly(rows, shownRows).map((row) => [
    ...[count(row.step), count(row.tokens)],
    ...measures.map(({ value, show }) => show(value(row))),
  ]);
  return html`
    <figure class=curves>
      <figcaption><b>${saeTitle(sae)}</b> ${count(last.step)} steps, ${count(last.tokens)} tokens</figcaption>
      <div>${drawn.map(({ name, value, show }) =>
        curvePanel(
          name,
          rows.map((row) => [row.step, value(row)] as const),
          show,
        ),
      )}</div>
      <details><summary>In numbers</summary>${gridTable(`Training of ${saeTitle(sae)}`, columns, cells)}</details>
    </figure>
  `;
}

/** So many of the rows, or all, the last among them. */
function evenly<T>(rows: readonly T[], most: number): T[] {
  const every = Math.ceil(rows.length / most);
  return rows.filter((_, i) => (rows.length - 1 - i) % every === 0);
}
