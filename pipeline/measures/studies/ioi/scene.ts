import type { Progress } from '../../../effects.ts';
import type { Engine } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { type Estimate, groupedMean } from '../../../numbers/grouped-mean.ts';
import type { Sae } from '../../../sae/sae.ts';
import type { StudyJob } from '../study.ts';
import { type Variant, variants } from './maths/dataset.ts';
import type { PromptGroups } from './maths/feature-evidence.ts';
import type { Seen, Snapshot } from './snapshots.ts';
import type { TailCost, TailRunner } from './tail-runner.ts';

/** What is changed in a telling. */
export type Corruption = Exclude<Variant, 'clean'>;
export const corruptions = variants.filter((variant): variant is Corruption => variant !== 'clean');

/** Everything that the parts of the study look at: the prompts that the model answers right, and their forward passes. */
export interface Scene {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly snapshots: readonly Snapshot[];
  /** The same tellings with one thing changed. */
  readonly changed: ReadonlyMap<Corruption, readonly Seen[]>;
  readonly groups: PromptGroups;
  /** The most positions from S2 to the end. */
  readonly tail: number;
  readonly tails: TailRunner;
  readonly cost: TailCost;
  /** As a study's job has it. */
  readonly keep: StudyJob['keep'];
  readonly progress: Progress;
}

/** A mean over the scene's prompts with its interval over templates. */
export const estimateOf = ({ groups }: Scene, values: readonly number[]): Estimate =>
  groupedMean(values, groups.templates);

export const meanDifference = (scene: Scene): Estimate =>
  estimateOf(
    scene,
    scene.snapshots.map(({ difference }) => difference),
  );

/** A prompt as it is told with one thing changed. */
export function changedPrompt({ changed }: Scene, corruption: Corruption, prompt: number): Seen {
  const seen = changed.get(corruption)?.[prompt];
  if (!seen) throw new RangeError(`no ${corruption} of prompt ${prompt}`);
  return seen;
}

/** Head h's slice of a vector as wide as z. */
export const headSlice = ({ dHead }: Model['config'], z: Float32Array, head: number): Float32Array =>
  z.subarray(head * dHead, (head + 1) * dHead);

/** to − from in head h's slice, 0 elsewhere. */
export function headChange(config: Model['config'], head: number, from: Float32Array, to: Float32Array): Float32Array {
  const change = new Float32Array(from.length);
  for (let d = head * config.dHead; d < (head + 1) * config.dHead; d++) change[d] = to[d] - from[d];
  return change;
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
