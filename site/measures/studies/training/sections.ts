import { copyingOnset } from '../../../../pipeline/measures/studies/training/maths/copying-onset.ts';
import type { TrainingCurveRow } from '../../../../pipeline/measures/studies/training/table.ts';
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
      ${losses}${onset && momentTable([...Object.entries(moments(onset)), ['the end', rows.at(-1)]])}
      <p class=note>
        Which heads copy in the finished model: <a href="${env.links.page('studies/induction')}">long-prefix and
        short-prefix induction</a>.
      </p>
    </section>
    ${!isNothing(names) && namesSection(names, env)}${stageSection(rows)}${methodSection()}
  `;
}

const namesSection = (figure: Html, env: PageEnv): Html => html`
  <section aria-labelledby=names>
    <h2 id=names>Indirect objects</h2>
    <p class=note>
      Logit of who receives less that of who gives, mean over prompts
      of <a href="${env.links.page('studies/ioi')}">the study of indirect-object identification</a>.
    </p>
    ${figure}
  </section>
`;

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

const cellsOf = (row: TrainingCurveRow): string[] => [
  count(row.step),
  count(row.tokens),
  nats(row.repeats_first),
  nats(row.repeats_second),
  nats(row.held_out),
  row.ioi_difference === null ? '–' : signed(row.ioi_difference, 2),
  row.ioi_positive === null ? '–' : percent(row.ioi_positive, 2),
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
