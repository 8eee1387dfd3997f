import { type ContextCurve, cutLengths, isSettled } from '../core/context-curve.ts';
import type { Model } from '../core/model.ts';
import type { Sae } from '../core/sae.ts';
import { float32, int32 } from '../core/tensor.ts';
import type { TopExample } from '../core/top-examples.ts';
import type { Engine } from '../engine/program.ts';
import type { ContextFile } from './context-file.ts';
import { lastActivationsProgram } from './programs.ts';

export interface CutJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly sae: Sae;
  readonly contexts: ContextFile;
  /** Top examples of a feature, highest first. */
  top(feature: number): readonly TopExample[];
  /** How many of them are cut; 0 for no curves. */
  readonly examples: number;
}

export interface ContextCuts {
  /** Empty for a dead feature. */
  curve(feature: number): ContextCurve;
  readonly forwardPasses: number;
  readonly forwardTokens: number;
}

/** Tokens of a forward pass, about. */
const tokensPerPass = 2048;
/** Longer cuts, which cost most, are of a feature's first example alone. */
const longestOfAll = 16;

/**
 * Context curves of one layer's features, by running its model up to that layer on contexts cut to 1, 2, 4 … 64 tokens,
 * shortest first. Examples that features share are run once, what is shorter than the cut is not run at all, and a
 * feature that is settled is followed no further. At most 36·E + 98 forward tokens a feature for E examples, in passes
 * of 2,048: with E = 2, 4 layers of 2,048 features take 680 passes at the worst, each through its layer; GPT-2 Small's
 * 12 of 24,576 about 24,500, as many as a corpus of 50 million tokens.
 */
export async function measureContextCuts(job: CutJob): Promise<ContextCuts> {
  const { sae, contexts } = job;
  const curves: number[][] = Array.from({ length: sae.dSae }, () => []);
  const cost = { forwardPasses: 0, forwardTokens: 0 };
  let pending = targetsOf(job);
  for (const length of cutLengths) {
    if (length > longestOfAll) pending = pending.filter(({ rank }) => rank === 0);
    if (pending.length === 0 || length >= contexts.length) break;
    const measured = await activationsCutTo(length, pending, job, cost);
    const cut = sumByFeature(pending, sae.dSae, (target) => measured.get(target) ?? target.value);
    const whole = sumByFeature(pending, sae.dSae, ({ value }) => value);
    for (const feature of new Set(pending.map((target) => target.feature))) {
      curves[feature]?.push((cut[feature] ?? 0) / (whole[feature] ?? 1));
    }
    pending = pending.filter(({ feature }) => !isSettled(curves[feature] ?? []));
  }
  return { ...cost, curve: (feature) => curves[feature] ?? [] };
}

interface Target extends TopExample {
  readonly feature: number;
  /** Place among the feature's targets. */
  readonly rank: number;
}

/** The examples to cut: the highest past a quarter of the context, where a cut can tell, then the highest of the rest. */
function targetsOf({ sae, contexts, top, examples }: CutJob): Target[] {
  const isLate = ({ token }: TopExample) => token % contexts.length >= contexts.length / 4;
  return Array.from({ length: sae.dSae }, (_, feature) => {
    const all = top(feature);
    const chosen = [...all.filter(isLate), ...all.filter((example) => !isLate(example))].slice(0, examples);
    return chosen.map((example, rank) => ({ ...example, feature, rank }));
  }).flat();
}

function sumByFeature(targets: readonly Target[], features: number, of: (target: Target) => number): Float64Array {
  const sums = new Float64Array(features);
  for (const target of targets) sums[target.feature] = (sums[target.feature] ?? 0) + of(target);
  return sums;
}

/** Activations with the context cut to its last `length` tokens, of the targets whose context is longer. */
async function activationsCutTo(
  length: number,
  targets: readonly Target[],
  { engine, model, sae, contexts }: CutJob,
  cost: { forwardPasses: number; forwardTokens: number },
): Promise<Map<Target, number>> {
  const byToken = Map.groupBy(
    targets.filter(({ token }) => token % contexts.length > length),
    ({ token }) => token,
  );
  const measured = new Map<Target, number>();
  if (byToken.size === 0) return measured;
  const groups = [...byToken].sort(([a], [b]) => a - b);
  const rows = Math.max(1, Math.floor(tokensPerPass / (length + 1)));
  const executable = await engine.compile(lastActivationsProgram(model, sae, rows, length + 1));
  const f = float32([rows, sae.dSae]);
  for (let first = 0; first < groups.length; first += rows) {
    const block = groups.slice(first, first + rows);
    const tokens = int32([rows, length + 1]);
    for (const [row, [token]] of block.entries())
      tokens.data.set(cutContext(contexts, token, length), row * (length + 1));
    await executable.run({ tokens }, { f });
    for (const [row, [, sharing]] of block.entries()) {
      for (const target of sharing) measured.set(target, f.data[row * sae.dSae + target.feature] ?? 0);
    }
    cost.forwardPasses++;
    cost.forwardTokens += rows * (length + 1);
  }
  await executable.dispose();
  return measured;
}

/** BOS, then the `length` tokens that end at a token. */
function cutContext(contexts: ContextFile, token: number, length: number): Int32Array {
  const whole = contexts.tokensOf(Math.floor(token / contexts.length));
  const end = (token % contexts.length) + 1;
  return Int32Array.of(whole[0] ?? 0, ...whole.subarray(end - length, end));
}
