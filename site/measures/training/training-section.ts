import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import type { TrainingCurveRow } from '../../../pipeline/measures/training/table.ts';
import { type FigureColumn, figureTable } from '../../page-kit/figure-table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { saeTitle } from '../quality/sae-title.ts';
import { curvePanel } from './curve-panel.ts';

interface Measured {
  readonly name: string;
  readonly key: string;
  value(row: TrainingCurveRow): number;
  show(value: number): string;
  /** Whether it is in the table alone. */
  readonly isPlain?: boolean;
}

const measures: readonly Measured[] = [
  { name: 'Loss', key: 'loss', value: ({ loss }) => loss, show: significant },
  {
    name: 'Explained variance',
    key: 'explained_variance',
    value: (row) => row.explained_variance,
    show: percent,
    isPlain: true,
  },
  { name: 'L0', key: 'l0', value: ({ l0 }) => l0, show: significant },
  { name: 'Dead', key: 'dead', value: ({ dead }) => dead, show: count },
  { name: 'Threshold', key: 'threshold', value: ({ threshold }) => threshold, show: significant },
  { name: 'Learning rate', key: 'learning_rate', value: (row) => row.learning_rate, show: significant },
];

const columns: readonly FigureColumn<TrainingCurveRow>[] = [
  { name: 'Step', key: 'step', value: ({ step }) => step, show: ({ step }) => count(step) },
  { name: 'Tokens', key: 'tokens', value: ({ tokens }) => tokens, show: ({ tokens }) => count(tokens) },
  ...measures.map(({ name, key, value, show }) => ({
    name,
    key,
    value,
    show: (row: TrainingCurveRow) => show(value(row)),
  })),
];

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
      ${figureTable({ name: `Training of ${saeTitle(sae)}`, file: `training-${sae.sae}`, columns, rows })}
    </figure>
  `;
}
