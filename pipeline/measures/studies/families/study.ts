import { formatCount } from '../../../effects/pace.ts';
import { families } from '../../families/maths/family-names.ts';
import { filled, type Study, type StudyJob } from '../study.ts';
import { plantedExamples } from './calibration.ts';
import { confidenceRows } from './confidence-rows.ts';
import { confusionCells, confusionRows } from './confusion-rows.ts';
import { accuracy, type ClassFigures, type ConfusionCell, classFigures, type Rate } from './maths/confusion.ts';
import { precisionAtMix } from './maths/precision-at-mix.ts';
import { type JudgedFeature, judgePlanted } from './planted/judge.ts';
import { plantedCases } from './planted-cases.ts';
import { type FamilyCount, familyLines, runFamilies } from './run-families.ts';
import { familiesConfidence, familiesConfusion } from './table.ts';

/**
 * How far families can be believed: the features of nine models with weights set by hand, whose families are known, are
 * classified as those of a run are. Costs the same on any model: about 200 forward passes of models of two layers. What
 * the run at OUT found is read off its tables.
 */
export const familiesStudy: Study = {
  async ahead(job) {
    await judgedCases(job);
  },
  async run(job) {
    const { out } = job;
    const judged = await judgedCases(job);
    const rows = confusionRows(judged);
    const found = await runFamilies(out);
    const cells = confusionCells(rows);
    const figures = classFigures(cells, families);
    return {
      tables: [
        filled(familiesConfusion, rows),
        filled(familiesConfidence, confidenceRows(judged.flatMap(({ features }) => features))),
      ],
      settings: { models: judged.length, examplesCutShort: plantedExamples },
      verdict: verdictOf(cells, figures, found, judged.length),
      lines: [
        'family: precision, recall on the hand-wired models',
        ...figures.map(({ name, precision, recall }) => `${name}: ${percent(precision)}, ${percent(recall)}`),
        ...familyLines(found),
      ],
      notes: found.length === 0 ? ['no run was at OUT, so that no family of the model’s own features was counted'] : [],
    };
  },
};

/** The features of each hand-wired model, judged. */
function judgedCases({ engine, seed, effects, keep }: StudyJob) {
  return keep('judged', async () => {
    const cases = plantedCases(seed);
    const progress = effects.progress('families', cases.length, 'hand-wired models');
    const judged: { readonly level: number; readonly features: readonly JudgedFeature[] }[] = [];
    for (const [i, { level, options }] of cases.entries()) {
      judged.push({ level, features: await judgePlanted(options, engine, plantedExamples) });
      progress.update(i + 1);
    }
    progress.end();
    return judged;
  });
}

function verdictOf(
  cells: readonly ConfusionCell[],
  figures: readonly ClassFigures[],
  found: readonly FamilyCount[],
  models: number,
): string {
  const rate = accuracy(cells);
  const { low, high } = rate.interval;
  const atMix = precisionAtMix(figures, found);
  return (
    `On ${models} hand-wired two-layer models with known answers, ${percent(rate)} of ${formatCount(rate.of)} features get the right family ` +
    `(95% interval ${share(low)} to ${share(high)}${lowestPrecision(figures)}).` +
    `${atMix === undefined ? '' : ` At this run’s mix of families the same precisions give ${share(atMix)}.`} Accuracy on this model is unknown.`
  );
}

/** The family whose calls are right least often, where that is less than always. */
function lowestPrecision(figures: readonly ClassFigures[]): string {
  const known = figures.filter(({ precision }) => precision.share !== undefined);
  const [worst] = known.toSorted((a, b) => (a.precision.share ?? 1) - (b.precision.share ?? 1));
  return worst && worst.precision.share !== 1 ? `; lowest precision: ${worst.name} ${percent(worst.precision)}` : '';
}

const share = (value: number) => `${(100 * value).toFixed(1)}%`;
const percent = ({ share: value }: Rate) => (value === undefined ? '–' : share(value));
