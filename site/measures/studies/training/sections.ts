import { copyingOnset } from '../../../../pipeline/measures/studies/training/maths/copying-onset.ts';
import type { TrainingCurveRow } from '../../../../pipeline/measures/studies/training/table.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { count, percent, signed } from '../../../page-kit/format.ts';
import { type Html, html, isNothing, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { gridTable } from '../families/grid-table.ts';
import { curveFigure } from './curve-figure.ts';
import { stagesOf } from './stages.ts';

/** How the model came to copy, all of it but title, verdict and cost. */
export function trainingSections(rows: readonly TrainingCurveRow[], env: PageEnv): Html {
  const onset = copyingOnset(rows);
  const shaded = onset ? ' Shaded: from a tenth to half of the final gain.' : '';
  const losses = curveFigure(rows, {
    onset,
    height: 240,
    label: 'Losses by tokens trained on: repeated random tokens, first and second time, and held-out text',
    lines: [
      { column: 'repeats_first', name: 'random tokens', kind: 'none' },
      { column: 'repeats_second', name: 'said again', kind: 'long' },
      { column: 'held_out', name: 'held-out text', kind: 'short' },
    ],
  });
  const names = curveFigure(rows, {
    onset,
    height: 110,
    zero: true,
    label: 'Lead of the receiver in indirect-object identification by tokens trained on, in logits',
    lines: [{ column: 'ioi_difference', name: 'receiver’s lead', kind: 'long' }],
  });
  return html`
    <section aria-labelledby=copying>
      <h2 id=copying>Copying</h2>
      <p class=note>Mean loss in nats a token, by millions of tokens trained on.${shaded}</p>
      ${losses}${curveTable('Losses by tokens trained on', 'training-losses', lossColumns, rows)}${onset && momentTable([...Object.entries(moments(onset)), ['the end', rows.at(-1)]])}
      <p class=note>
        Which heads copy in the finished model: <a href="${env.links.page('studies/induction')}">long-prefix and
        short-prefix induction</a>.
      </p>
    </section>
    ${!isNothing(names) && namesSection(names, rows, env)}${stageSection(rows)}${methodSection()}
  `;
}

const namesSection = (figure: Html, rows: readonly TrainingCurveRow[], env: PageEnv): Html => html`
  <section aria-labelledby=names>
    <h2 id=names>Indirect objects</h2>
    <p class=note>
      Logit of who receives less that of who gives, mean over prompts
      of <a href="${env.links.page('studies/ioi')}">the study of indirect-object identification</a>.
    </p>
    ${figure}${curveTable('Lead of the receiver by tokens trained on', 'training-names', nameColumns, rows)}
  </section>
`;

type Column = FigureColumn<TrainingCurveRow>;

const byStep: readonly Column[] = [
  { name: 'Step', key: 'step', value: ({ step }) => step, show: ({ step }) => count(step) },
  { name: 'Tokens', key: 'tokens', value: ({ tokens }) => tokens, show: ({ tokens }) => count(tokens) },
];
const lossColumns: readonly Column[] = [
  ...byStep,
  ...[
    { name: 'Random tokens', key: 'repeats_first' } as const,
    { name: 'Said again', key: 'repeats_second' } as const,
    { name: 'Held-out text', key: 'held_out' } as const,
  ].map(({ name, key }) => ({
    name,
    key,
    value: (row: TrainingCurveRow) => row[key],
    show: (row: TrainingCurveRow) => nats(row[key]),
  })),
];
const nameColumns: readonly Column[] = [
  ...byStep,
  { name: 'Receiver’s lead', key: 'ioi_difference', value: (row) => row.ioi_difference, show: (row) => leadOf(row) },
  { name: 'above 0', key: 'ioi_positive', value: (row) => row.ioi_positive, show: (row) => aboveOf(row) },
];

/** Steps of the curve that have any of the columns. */
function curveTable(name: string, file: string, columns: readonly Column[], rows: readonly TrainingCurveRow[]): Html {
  const measured = columns.slice(byStep.length);
  return figureTable({
    name,
    file,
    columns,
    rows: rows.filter((row) => measured.some(({ value }) => value(row) !== null)),
  });
}

const moments = ({ tenth, half, nineTenths }: NonNullable<ReturnType<typeof copyingOnset<TrainingCurveRow>>>) => ({
  'a tenth of the gain': tenth,
  'half of it': half,
  'nine tenths': nineTenths,
});

const nats = (value: number | null) => (value === null ? '–' : value.toFixed(2));

function momentTable(entries: readonly (readonly [string, TrainingCurveRow | undefined])[]): Html {
  const columns = [
    'From here on',
    'Step',
    'Tokens',
    'Random tokens',
    'Said again',
    'Held-out text',
    'Receiver’s lead',
    'above 0',
  ];
  const rows = entries.flatMap(([name, row]) => (row ? [[name, ...cellsOf(row)]] : []));
  return gridTable('The change in numbers', columns, rows);
}

const leadOf = ({ ioi_difference }: TrainingCurveRow) => (ioi_difference === null ? '–' : signed(ioi_difference, 2));
const aboveOf = ({ ioi_positive }: TrainingCurveRow) => (ioi_positive === null ? '–' : percent(ioi_positive, 2));

const cellsOf = (row: TrainingCurveRow): string[] => [
  count(row.step),
  count(row.tokens),
  nats(row.repeats_first),
  nats(row.repeats_second),
  nats(row.held_out),
  leadOf(row),
  aboveOf(row),
];

function stageSection(rows: readonly TrainingCurveRow[]): Html {
  const stages = stagesOf(rows);
  if (stages.length < 2) return nothing;
  const items = stages.map(({ pool, context, tokens }) => [count(pool), count(context), count(tokens)]);
  return html`
    <section aria-labelledby=stages>
      <h2 id=stages>What it was trained on</h2>
      <p class=note>
        Repeats were drawn from a pool of tokens that grew whenever they had become cheap; tokens trained on when each
        was first seen at a point of the curve.
      </p>
      ${gridTable('Stages', ['Pool', 'Tokens a row', 'By tokens'], items)}
    </section>
  `;
}

function methodSection(): Html {
  return html`
    <section aria-labelledby=method class=prose>
      <h2 id=method>Method</h2>
      <p>
        The curve is the one that the training left in the model’s folder, <code>training.json</code>; nothing is
        measured again here. Random tokens are drawn from the whole vocabulary, half a context of them, and said again:
        what the second time costs less, only copying can explain. The change is where that gain comes to stay at a
        tenth, half and nine tenths of what it is at the end.
      </p>
      <p>
        After Olsson et al. 2022, <a href="https://arxiv.org/abs/2209.11895">arXiv:2209.11895</a>, who saw induction
        heads form in such a change; the thresholds are ours.
      </p>
    </section>
  `;
}
