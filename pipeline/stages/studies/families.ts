import { accuracy, classFigures, type Rate } from '../../core/studies/confusion.ts';
import { familiesConfidence, familiesConfusion } from '../../store/studies/families.ts';
import { confidenceRows } from './families/confidence-rows.ts';
import { confusionCells, confusionRows, truths } from './families/confusion-rows.ts';
import { type JudgedFeature, judgePlanted } from './families/planted/judge.ts';
import { plantedCases } from './families/planted-cases.ts';
import { runFamilies } from './families/run-families.ts';
import { filled, type Study } from './study.ts';

/**
 * How far families can be believed: the features of nine models made by hand, whose families are known, are judged as
 * those of a run are. Costs the same on any model: about 200 forward passes of models of two layers. What the run at OUT
 * found is read off its tables.
 */
export const familiesStudy: Study = {
  async run({ engine, seed, effects, out }) {
    const cases = plantedCases(seed);
    const progress = effects.progress('families', cases.length, 'models made by hand');
    const judged: { readonly level: number; readonly features: readonly JudgedFeature[] }[] = [];
    for (const [i, { level, options }] of cases.entries()) {
      judged.push({ level, features: await judgePlanted(options, engine, plantedExamples) });
      progress.update(i + 1);
    }
    progress.end();
    const rows = confusionRows(judged);
    const found = await runFamilies(out);
    const figures = classFigures(confusionCells(rows), truths);
    return {
      tables: [
        filled(familiesConfusion, rows),
        filled(familiesConfidence, confidenceRows(judged.flatMap(({ features }) => features))),
      ],
      settings: { models: cases.length, examplesCutShort: plantedExamples },
      verdict: verdictOf(accuracy(confusionCells(rows)), cases.length),
      lines: [
        'family: precision, recall on the models made by hand',
        ...figures.map(({ name, precision, recall }) => `${name}: ${percent(precision)}, ${percent(recall)}`),
        ...found,
      ],
      notes: found.length === 0 ? ['no run was at OUT, so that no family of the model’s own features was counted'] : [],
    };
  },
};

/** Top examples whose contexts are cut short: as many as a run cuts by default. */
const plantedExamples = 3;

function verdictOf(rate: Rate, models: number): string {
  const { low, high } = rate.interval;
  return (
    `Of ${rate.of} features of ${models} models made by hand, whose families are known, ` +
    `${percent(rate)} are called what they are (95% interval ${share(low)} to ${share(high)}).`
  );
}

const share = (value: number) => `${(100 * value).toFixed(1)}%`;
const percent = ({ share: value }: Rate) => (value === undefined ? '–' : share(value));
