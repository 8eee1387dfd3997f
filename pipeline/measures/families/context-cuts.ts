import type { Progress } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { float32, int32 } from '../../numbers/tensor.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import { lastActivationsProgram } from '../../record/programs.ts';
import { type CutChoice, type CutTarget, cutTargets } from './cut-targets.ts';
import { type ContextCurve, cutLengthsOf, isSettled } from './maths/context-curve.ts';

export interface CutJob extends CutChoice {
  readonly engine: Engine;
  readonly model: Model;
  /** Whether longer cuts than those of its curve so far may still change a feature's family. */
  isOpen(feature: number, curve: ContextCurve): boolean;
  /** Forward tokens that it may cost. */
  readonly limit?: number | undefined;
  /** How well attribution explains a feature: what explains one best needs its cuts least. */
  explained(feature: number): number;
  /** Counts the layer's features. */
  readonly progress: Progress;
}

/** An example whose context was cut, and what was left of its activation. */
interface CutCurve {
  readonly token: number;
  readonly value: number;
  readonly curve: ContextCurve;
}

export interface ContextCuts {
  /** By feature, of all its examples together; empty for a dead feature. */
  readonly curves: readonly ContextCurve[];
  /** By feature; none of a dead one. */
  readonly examples: ReadonlyMap<number, readonly CutCurve[]>;
  readonly forwardPasses: number;
  readonly forwardTokens: number;
  /** Features that went without some of their cuts for want of tokens, where there is a limit. */
  readonly cutShort?: number;
}

/** Tokens of a forward pass, about. */
const tokensPerPass = 2048;
/** Longer cuts, which cost most, are of a feature's first example alone. */
const longestOfAll = 16;

/**
 * Context curves of one layer's features, by running its model up to that layer on contexts cut to 1, 2, 4 … 64 tokens,
 * shortest first, in passes of 2,048 tokens. A feature is followed only as long as its family may still change, and no
 * further than it is settled; equal cuts are run once. At most 36·E + 98 forward tokens a feature for E examples. Under a limit
 * they go where they change most: to a feature's first example before its others, to features that attribution explains
 * least, to cuts of up to 16 tokens, which verdicts rest on, before longer ones.
 */
export async function measureContextCuts(job: CutJob): Promise<ContextCuts> {
  const { sae, contexts, progress } = job;
  const curves: number[][] = Array.from({ length: sae.dSae }, () => []);
  const lengths = cutLengthsOf(contexts.length);
  const open = cutTargets(job).filter(({ feature }) => job.isOpen(feature, []));
  const short = new Set<number>();
  const targets = affordable(open, lengths, job, short);
  const ofTarget = new Map(targets.map((target) => [target, [] as number[]]));
  const cost = { forwardPasses: 0, forwardTokens: 0 };
  const isCutTo = (length: number) => (target: CutTarget) => length <= longestOfAll || target.rank === 0;
  const isLongerThan =
    (length: number) =>
    ({ token }: CutTarget) =>
      positionOfToken(token, contexts.length) > length;
  const bounds = lengths.map((length) => targets.filter(isCutTo(length)).length * (length + 1));
  const bound = sum(bounds);
  let pending = targets;
  for (const [i, length] of lengths.entries()) {
    pending = pending.filter(isCutTo(length)).filter(isLongerThan(length));
    pending = withinLimit(pending, length, job, cost, short);
    const before = sum(bounds.slice(0, i));
    const report = (share: number) =>
      progress.update(Math.floor((sae.dSae * (before + share * bounds[i])) / Math.max(1, bound)));
    const measured = await activationsCutTo(length, pending, { ...job, cost, report });
    const left = (target: CutTarget) => measured.get(target) ?? 0;
    for (const target of pending) ofTarget.get(target)?.push(left(target) / target.value);
    const cut = sumByFeature(pending, sae.dSae, left);
    const whole = sumByFeature(pending, sae.dSae, ({ value }) => value);
    for (const feature of new Set(pending.map((target) => target.feature))) {
      curves[feature]?.push(cut[feature] / whole[feature]);
    }
    pending = pending.filter(({ feature }) => !isSettled(curves[feature]) && job.isOpen(feature, curves[feature]));
  }
  progress.update(sae.dSae);
  const cutCurve = (target: CutTarget) => ({
    ...{ feature: target.feature, token: target.token, value: target.value, curve: ofTarget.get(target) ?? [] },
  });
  const limited = job.limit === undefined ? {} : { cutShort: short.size };
  return { ...cost, ...limited, curves, examples: Map.groupBy(targets.map(cutCurve), ({ feature }) => feature) };
}

/**
 * Those of some targets that a limit allows to be cut to every length up to `longestOfAll`; the order is theirs. Features that
 * lose a target are added to `short`.
 */
function affordable(
  targets: readonly CutTarget[],
  lengths: readonly number[],
  { limit, explained }: CutJob,
  short: Set<number>,
): readonly CutTarget[] {
  if (limit === undefined) return targets;
  const each = sum(lengths.filter((length) => length <= longestOfAll).map((length) => length + 1));
  return firstOf(targets, Math.floor(limit / Math.max(1, each)), explained, short);
}

/** Those that may be cut to a length by what is left of a limit, in whole passes. */
function withinLimit(
  targets: readonly CutTarget[],
  length: number,
  { limit, explained }: CutJob,
  { forwardTokens }: { readonly forwardTokens: number },
  short: Set<number>,
): readonly CutTarget[] {
  if (limit === undefined) return targets;
  const rows = rowsOf(length);
  const passes = Math.floor((limit - forwardTokens) / (rows * (length + 1)));
  return firstOf(targets, passes * rows, explained, short);
}

/** The `most` first targets by rank, then by how little attribution explains their feature; the order is theirs. */
function firstOf(
  targets: readonly CutTarget[],
  most: number,
  explained: (feature: number) => number,
  short: Set<number>,
): CutTarget[] {
  const byNeed = targets.toSorted((a, b) => a.rank - b.rank || explained(a.feature) - explained(b.feature));
  const chosen = new Set(byNeed.slice(0, Math.max(0, most)));
  for (const target of targets) if (!chosen.has(target)) short.add(target.feature);
  return targets.filter((target) => chosen.has(target));
}

/** Cut contexts of one pass. */
const rowsOf = (length: number): number => Math.max(1, Math.floor(tokensPerPass / (length + 1)));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function sumByFeature(
  targets: readonly CutTarget[],
  features: number,
  of: (target: CutTarget) => number,
): Float64Array {
  const sums = new Float64Array(features);
  for (const target of targets) sums[target.feature] += of(target);
  return sums;
}

interface CutPasses extends Pick<CutJob, 'engine' | 'model' | 'sae' | 'contexts'> {
  readonly cost?: { forwardPasses: number; forwardTokens: number };
  /** Takes the share of the passes that are done. */
  report?(share: number): void;
}

/** Activations with the context cut to its last `length` tokens, of the targets whose context is longer. */
export async function activationsCutTo<T extends Pick<CutTarget, 'feature' | 'token'>>(
  length: number,
  targets: readonly T[],
  { engine, model, sae, contexts, cost, report }: CutPasses,
): Promise<Map<T, number>> {
  const longer = targets.filter(({ token }) => positionOfToken(token, contexts.length) > length);
  const groups = byText(longer, (target) => cutContext(contexts, target.token, length));
  const measured = new Map<T, number>();
  if (groups.length === 0) return measured;
  const rows = rowsOf(length);
  const run = await engine.compile(lastActivationsProgram(model, sae, rows, length + 1));
  const f = float32([rows, sae.dSae]);
  for (let first = 0; first < groups.length; first += rows) {
    const block = groups.slice(first, first + rows);
    const tokens = int32([rows, length + 1]);
    for (const [row, { text }] of block.entries()) tokens.data.set(text, row * (length + 1));
    await run({ tokens }, { f });
    for (const [row, { sharing }] of block.entries()) {
      for (const target of sharing) measured.set(target, f.data[row * sae.dSae + target.feature]);
    }
    if (cost) {
      cost.forwardPasses++;
      cost.forwardTokens += rows * (length + 1);
    }
    report?.((first + block.length) / groups.length);
  }
  await run.dispose();
  return measured;
}

/** Targets whose cut contexts are the same tokens, together; ordered by their first token. */
function byText<T extends Pick<CutTarget, 'token'>>(targets: readonly T[], textOf: (target: T) => Int32Array) {
  const groups = new Map<string, { readonly text: Int32Array; readonly sharing: T[] }>();
  for (const target of targets.toSorted((a, b) => a.token - b.token)) {
    const text = textOf(target);
    const key = text.join(' ');
    const group = groups.get(key);
    if (group) group.sharing.push(target);
    else groups.set(key, { text, sharing: [target] });
  }
  return [...groups.values()];
}

/** BOS, then the `length` tokens that end at a token. */
function cutContext(contexts: ContextFile, token: number, length: number): Int32Array {
  const whole = contexts.tokensOf(contextOfToken(token, contexts.length));
  const end = positionOfToken(token, contexts.length) + 1;
  return Int32Array.from([whole[0], ...whole.subarray(end - length, end)]);
}
