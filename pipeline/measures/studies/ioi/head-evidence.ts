import { type Estimate, groupedMeans } from '../../../numbers/grouped-mean.ts';
import type { HeadEvidence } from './maths/roles.ts';
import type { Scene } from './scene.ts';

/** What of a head is measured a prompt at a time, in logits; HeadEvidence says what each is. */
const measures = ['direct', 'endEffect', 's2Effect', 'indirect'] as const;
type Measure = (typeof measures)[number];

/** One head before its numbers are put together: by prompt. */
export type HeadSeries = Omit<HeadEvidence, Measure> & Readonly<Record<Measure, readonly number[]>>;

/** Means over templates; the intervals of one measure are adjusted for all heads of the model being looked at. */
export function headEvidence({ groups }: Pick<Scene, 'groups'>, heads: readonly HeadSeries[]): HeadEvidence[] {
  const estimates = (measure: Measure) =>
    groupedMeans(
      heads.map((head) => head[measure]),
      groups.templates,
    );
  const [direct, endEffect, s2Effect, indirect] = measures.map(estimates);
  const at = (list: readonly Estimate[] | undefined, i: number): Estimate =>
    list?.[i] ?? { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  return heads.map((head, i) => ({
    ...head,
    direct: at(direct, i),
    endEffect: at(endEffect, i),
    s2Effect: at(s2Effect, i),
    indirect: at(indirect, i),
  }));
}
