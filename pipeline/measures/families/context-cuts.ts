import type { Progress } from '../../effects.ts';
import type { Sae } from '../../sae/sae.ts';
import { CutReader, type CutReaderOptions } from './cut-reader.ts';
import { type CutChoice, type CutTarget, cutTargets } from './cut-targets.ts';
import { type ContextCurve, type CutLength, cutLengths, cutLengthsOf, isSettled } from './maths/context-curve.ts';

/** An SAE whose features' examples are to be cut. */
export interface CutSae extends Omit<CutChoice, 'contexts' | 'examples' | 'isWanted'> {
  /** Whether longer cuts than those of its curve so far may still change a feature's family. */
  isOpen(feature: number, curve: ContextCurve): boolean;
  /** How well attribution explains a feature: what explains one best needs its cuts least. */
  explained(feature: number): number;
}

export interface CutJob extends CutReaderOptions, Pick<CutChoice, 'examples'> {
  readonly saes: readonly CutSae[];
  /** Forward tokens that it may cost. */
  readonly limit?: number | undefined;
  /** Counts the features of all SAEs. */
  readonly progress: Progress;
}

/** An example whose context was cut, and what was left of its activation. */
interface CutCurve {
  readonly token: number;
  readonly value: number;
  readonly curve: ContextCurve;
}

/** What was found of one SAE. */
export interface ContextCuts {
  /** By feature, of all its examples together; empty for a dead feature. */
  readonly curves: readonly ContextCurve[];
  /** By feature; none of a dead one. */
  readonly examples: ReadonlyMap<number, readonly CutCurve[]>;
  /** Features that went without some of their cuts for want of tokens, where there is a limit. */
  readonly cutShort?: number;
}

interface CutsCost {
  readonly forwardPasses: number;
  readonly forwardTokens: number;
}

export interface MeasuredCuts {
  readonly bySae: ReadonlyMap<string, ContextCuts>;
  readonly cost: CutsCost;
}

/** Longer cuts, which cost most, are of a feature's first example alone. */
const longestOfAll = 16;
/** What is left of a limit is spent until so little of it is left. */
const leastLeft = 1 / 8;

/**
 * Context curves of features, by running their model up to their layers on contexts cut to 1, 2, 4 … 64 tokens, shortest first.
 * A feature is followed only as long as its family may still change, and no further than it is settled; cuts that are the same
 * tokens are run once for the features of all SAEs. At most 36·E + 98 forward tokens a feature for E examples. Under a limit
 * they go where they change most: to a feature's first example before its others, to features that attribution explains
 * least, to cuts of up to 16 tokens, which verdicts rest on, before longer ones; and what features leave that settle early
 * goes to the next.
 */
export async function measureContextCuts(job: CutJob): Promise<MeasuredCuts> {
  const { contexts, limit, saes } = job;
  const reader = new CutReader(job);
  const followed = new Map(saes.map((own) => [own.sae, new FollowedSae(own, job)]));
  const inTextOrder = [...followed.values()].flatMap(({ targets }) => targets);
  const all = limit === undefined ? inTextOrder : byNeed(inTextOrder, followed);
  const lengths = cutLengthsOf(contexts.length);
  const short = lengths.filter((length) => length <= longestOfAll);
  const pass = new CutPass(reader, followed, job, all.length);
  let waiting = all;
  while (waiting.length > 0 && (limit === undefined || pass.left >= leastLeft * limit)) {
    const wave = limit === undefined ? waiting : reader.affordable(waiting, short, pass.left);
    if (wave.length === 0) break;
    await pass.follow(wave, short);
    waiting = waiting.slice(wave.length).filter(({ sae, feature }) => followed.get(sae)?.isOpen(feature));
  }
  pass.leaveOut(waiting);
  const long = all.filter((target) => followed.get(target.sae)?.isFollowedFrom(target, short.length));
  await pass.follow(long, lengths.slice(short.length));
  await reader.dispose();
  job.progress.update(saes.reduce((sum, { sae }) => sum + sae.dSae, 0));
  const found = [...followed].map(([sae, own]) => [sae.id, own.found(limit !== undefined)] as const);
  return { bySae: new Map(found), cost: { ...reader.cost } };
}

/** By rank, then by how little attribution explains their feature. */
function byNeed(targets: readonly CutTarget[], followed: ReadonlyMap<Sae, FollowedSae>): CutTarget[] {
  const explained = ({ sae, feature }: CutTarget) => followed.get(sae)?.own.explained(feature) ?? 0;
  const needs = new Map(targets.map((target) => [target, explained(target)]));
  return targets.toSorted((a, b) => a.rank - b.rank || (needs.get(a) ?? 0) - (needs.get(b) ?? 0));
}

/** What is known so far of an SAE's features. */
class FollowedSae {
  readonly own: CutSae;
  readonly targets: readonly CutTarget[];
  /** Features that went without some of their cuts. */
  readonly short = new Set<number>();
  /** What was left of each target's activation, by length. */
  readonly #left = new Map<CutTarget, number[]>();
  readonly #ofFeature: ReadonlyMap<number, readonly CutTarget[]>;
  readonly #curves = new Map<number, number[]>();

  constructor(own: CutSae, { contexts, examples }: Pick<CutJob, 'contexts' | 'examples'>) {
    this.own = own;
    this.targets = cutTargets({ ...own, contexts, examples, isWanted: (feature) => own.isOpen(feature, []) });
    this.#ofFeature = Map.groupBy(this.targets, ({ feature }) => feature);
    for (const target of this.targets) this.#left.set(target, []);
  }

  note(target: CutTarget, left: number): void {
    this.#left.get(target)?.push(left);
  }

  /** Puts a feature's curve together at the length of a place among cutLengths. */
  pool(feature: number, at: number): void {
    let [cut, whole] = [0, 0];
    for (const target of this.#ofFeature.get(feature) ?? []) {
      const left = this.#left.get(target)?.at(at);
      if (left === undefined) continue;
      cut += left;
      whole += target.value;
    }
    const curve = this.#curves.get(feature) ?? [];
    curve[at] = cut / whole;
    this.#curves.set(feature, curve);
  }

  /** Whether longer cuts than the first `lengths` may still change a feature's family, those made so far unless told. */
  isOpen(feature: number, lengths?: number): boolean {
    const curve = (this.#curves.get(feature) ?? []).slice(0, lengths);
    return !isSettled(curve) && this.own.isOpen(feature, curve);
  }

  /** Whether a target, cut to the first `lengths`, is the one of its feature that is cut further. */
  isFollowedFrom(target: CutTarget, lengths: number): boolean {
    return target.rank === 0 && this.#left.get(target)?.length === lengths && this.isOpen(target.feature);
  }

  found(isLimited: boolean): ContextCuts {
    const { sae } = this.own;
    const curveOf = (target: CutTarget) => (this.#left.get(target) ?? []).map((left) => left / target.value);
    const examples = this.targets.map((target) => ({ ...examplePart(target), curve: curveOf(target) }));
    return {
      curves: Array.from({ length: sae.dSae }, (_, feature) => this.#curves.get(feature) ?? []),
      examples: Map.groupBy(examples, ({ feature }) => feature),
      ...(isLimited ? { cutShort: this.short.size } : {}),
    };
  }
}

const examplePart = ({ feature, token, value }: CutTarget) => ({ feature, token, value });

/** Cuts targets of all SAEs, length by length, within the limit. */
class CutPass {
  readonly #reader: CutReader;
  readonly #followed: ReadonlyMap<Sae, FollowedSae>;
  readonly #job: CutJob;
  /** Cuts of all targets to every length, and those that are made or need not be. */
  readonly #planned: number;
  #done = 0;

  constructor(reader: CutReader, followed: ReadonlyMap<Sae, FollowedSae>, job: CutJob, targets: number) {
    this.#reader = reader;
    this.#followed = followed;
    this.#job = job;
    this.#planned = targets * cutLengthsOf(job.contexts.length).length;
  }

  /** Forward tokens that are left of the limit. */
  get left(): number {
    return (this.#job.limit ?? Number.POSITIVE_INFINITY) - this.#reader.cost.forwardTokens;
  }

  /** Cuts targets to some lengths in order, each as long as its feature is open. */
  async follow(targets: readonly CutTarget[], lengths: readonly CutLength[]): Promise<void> {
    let pending = targets;
    for (const length of lengths) {
      pending = await this.#cut(pending, length);
      this.#done += targets.length;
    }
  }

  /** Notes that features go without their cuts. */
  leaveOut(targets: readonly CutTarget[]): void {
    for (const { sae, feature } of targets) this.#followed.get(sae)?.short.add(feature);
  }

  /** Cuts those of some targets that are longer, as far as the limit goes; those whose features are open then. */
  async #cut(targets: readonly CutTarget[], length: CutLength): Promise<CutTarget[]> {
    const isLimited = this.#job.limit !== undefined;
    const affordable = isLimited ? this.#reader.affordable(targets, [length], this.left) : targets;
    this.leaveOut(targets.slice(affordable.length));
    const measured = await this.#reader.read(length, affordable, (share) => this.#report(share * targets.length));
    const at = cutLengths.indexOf(length);
    const touched = new Map<FollowedSae, Set<number>>();
    for (const [target, left] of measured) {
      const own = this.#followed.get(target.sae);
      if (!own) throw new Error(`sae ${target.sae.id} is not followed`);
      own.note(target, left);
      touched.set(own, (touched.get(own) ?? new Set()).add(target.feature));
    }
    for (const [own, features] of touched) for (const feature of features) own.pool(feature, at);
    return affordable.filter(
      (target) => measured.has(target) && this.#followed.get(target.sae)?.isOpen(target.feature, at + 1),
    );
  }

  #report(cuts: number): void {
    const { saes, progress } = this.#job;
    const features = saes.reduce((sum, { sae }) => sum + sae.dSae, 0);
    progress.update(Math.floor((features * (this.#done + cuts)) / Math.max(1, this.#planned)));
  }
}
