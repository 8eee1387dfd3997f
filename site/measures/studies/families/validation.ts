import { families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import {
  type ClassFigures,
  type ConfusionCell,
  classFigures,
  type Rate,
  rateOf,
} from '../../../../pipeline/measures/studies/families/maths/confusion.ts';
import type {
  FamiliesConfidenceRow,
  FamiliesConfusionRow,
} from '../../../../pipeline/measures/studies/families/table.ts';
import { counted } from '../../../page-kit/counted.ts';
import { count, percent } from '../../../page-kit/format.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import { gridTable } from './grid-table.ts';

/** How often planted features were called what they are: figures by family, the confusion, and what confidence is worth. */
export function validationSections(
  confusion: readonly FamiliesConfusionRow[],
  confidence: readonly FamiliesConfidenceRow[],
): Html {
  const dead = confusion.filter(({ called }) => called === 'dead').reduce((sum, { features }) => sum + features, 0);
  return html`
    <section aria-labelledby=right>
      <h2 id=right>How often it is right</h2>
      <p class=note>
        The weights of two-layer models are set by hand, so that what each head does is known: it attends to the token
        before, to itself, to what followed the present token earlier, to rare tokens at any distance, five or twelve
        tokens back, or evenly to all. Each feature reads one head, or two, and so has a family that is known; of those
        that read twelve tokens back none is right but “unclear”. They are classified by the code that classifies the
        features of a run. Noise is added to attention weights and to the SAEs, and heads of random weights are
        added.${dead > 0 ? ` ${counted(dead, 'feature')} ${dead === 1 ? 'was never active and is' : 'were never active and are'} left out.` : ''}
      </p>
      ${figuresTable(confusion)}
    </section>
    <section aria-labelledby=confusion>
      <h2 id=confusion>What was taken for what</h2>
      <p class=note>Rows: what a feature is. Columns: what it was called.</p>
      ${confusionTable(cellsOf(confusion))}
    </section>
    <section aria-labelledby=confidence>
      <h2 id=confidence>What confidence is worth</h2>
      <p class=note>
        The same features by the confidence that a feature of the run with such a score is given. It was calibrated on
        made models of other seeds, so that this tests it.
      </p>
      ${confidenceTable(confidence)}
    </section>
  `;
}

function cellsOf(rows: readonly FamiliesConfusionRow[]): ConfusionCell[] {
  return rows.flatMap(({ truth, called, features }) => (called === 'dead' ? [] : [{ truth, called, count: features }]));
}

function figuresTable(rows: readonly FamiliesConfusionRow[]): Html {
  const levels = [...Map.groupBy(rows, ({ level }) => level)].map(([, own]) => ({
    noise: own[0].noise,
    figures: classFigures(cellsOf(own), families),
  }));
  const columns = ['Family', 'Precision', 'Recall', ...levels.map(({ noise }) => `Recall, ${noise} noise`)];
  const body = classFigures(cellsOf(rows), families).map(({ name, precision, recall }, i) => {
    const byLevel = levels.map(({ figures }) => recallAt(figures, i));
    return [name, rate(precision), rate(recall), ...byLevel];
  });
  return gridTable('Precision and recall by family', columns, body);
}

const recallAt = (figures: readonly ClassFigures[], i: number): string => {
  const recall = figures[i]?.recall;
  return recall?.share === undefined ? '–' : percent(recall.share, 3);
};

/** `97% 93–99 of 120` */
function rate({ share, interval, of }: Rate): Html {
  if (share === undefined) return html`–`;
  const bounds = [interval.low, interval.high].map((bound) => Math.round(100 * bound)).join('–');
  return html`${percent(share, 3)} <small>${bounds}, of ${count(of)}</small>`;
}

function confusionTable(cells: readonly ConfusionCell[]): Html {
  const of = (truth: string, called: string) =>
    cells.reduce((sum, cell) => (cell.truth === truth && cell.called === called ? sum + cell.count : sum), 0);
  const body = families.map((truth) => {
    const all = families.reduce((sum, called) => sum + of(truth, called), 0);
    return [truth, ...families.map((called) => confusionCell(of(truth, called), all, truth === called))];
  });
  return gridTable('Confusion of families', ['made as', ...families], body, 'confusion');
}

function confusionCell(n: number, all: number, isRight: boolean): Html {
  if (n === 0) return html`<span class=none>·</span>`;
  const level = Math.max(1, Math.ceil((9 * n) / all));
  return html`<span class="a${level}${isRight ? ' hit' : ''}">${count(n)}</span>`;
}

function confidenceTable(rows: readonly FamiliesConfidenceRow[]): Html {
  const body = rows.map(({ family, least, confidence, features, right }) => [
    least > 0 ? `${family}, score from ${percent(least, 2)}` : family,
    percent(confidence, 3),
    count(features),
    rate(rateOf(right, features)),
  ]);
  return gridTable(
    'Right answers by confidence',
    ['Called, with a score', 'Confidence', 'Features', 'Of them right'],
    body,
  );
}
