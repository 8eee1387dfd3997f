import type { ConfusionCell } from './maths/confusion.ts';
import type { JudgedFeature } from './planted/judge.ts';
import { noiseLevels } from './planted-cases.ts';
import type { NewFamiliesConfusionRow } from './table.ts';

export interface JudgedModel {
  readonly level: number;
  readonly features: readonly JudgedFeature[];
}

/** Counts planted features by noise, truth and what they were called; those made never to fire are left out. */
export function confusionRows(models: readonly JudgedModel[]): NewFamiliesConfusionRow[] {
  const judged = models.flatMap(({ level, features }) =>
    features.flatMap(({ truth, called }) => (truth === null ? [] : [{ level, truth, called: called ?? 'dead' }])),
  );
  const groups = Map.groupBy(judged, ({ level, truth, called }) => `${level}/${truth}/${called}`);
  const rows = [...groups.values()].flatMap((own) =>
    own.slice(0, 1).map((first) => ({ ...first, noise: noiseLevels[first.level].name, features: own.length })),
  );
  return rows.sort((a, b) => a.level - b.level || compare(a.truth, b.truth) || compare(a.called, b.called));
}

/** The same without the noise, and without what was never active: of that nothing can be told. */
export function confusionCells(rows: readonly NewFamiliesConfusionRow[]): ConfusionCell[] {
  const live = rows.filter(({ called }) => called !== 'dead');
  return live.map(({ truth, called, features }) => ({ truth, called, count: features }));
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
