import type { FeatureActivations } from '../../../numbers/feature-activations.ts';
import { contextOfToken, tokenAt } from '../../../numbers/token-place.ts';
import { binOf, histogramBins } from '../../statistics/maths/feature-statistics.ts';

/** Where "an earlier occurrence of the present token was followed by B" holds, for every B, in some contexts. */
export class InductionIndex {
  readonly #tokens: number[][];
  readonly #contexts = new Set<number>();
  #last = -1;

  constructor(classCount: number) {
    this.#tokens = Array.from({ length: classCount }, () => []);
  }

  /** Takes in a context, as token classes, BOS first, which counts as no occurrence; contexts come by ascending number. */
  add(context: number, classes: ArrayLike<number>): void {
    if (context <= this.#last) throw new RangeError(`context ${context} comes after context ${this.#last}`);
    this.#last = context;
    this.#contexts.add(context);
    const first = tokenAt(context, 0, classes.length);
    const followers = new Map<number, Set<number>>();
    for (let t = 1; t < classes.length; t++) {
      for (const b of followers.get(classes[t]) ?? []) this.#tokens[b]?.push(first + t);
      // The pair (t − 1, t) is known from t + 1 on.
      if (t < 2) continue;
      const before = classes[t - 1];
      const known = followers.get(before) ?? new Set();
      followers.set(before, known.add(classes[t]));
    }
  }

  /** Whether a context was taken in. */
  has(context: number): boolean {
    return this.#contexts.has(context);
  }

  /** Tokens (context · length + position, ascending) at which class B is next by induction. */
  of(b: number): readonly number[] {
    return this.#tokens[b];
  }
}

/** How the proxy "B is next by induction" and a feature agree, on the contexts of the index alone. */
export interface ProxyAgreement {
  /** Active tokens by histogram bin where the proxy holds. */
  readonly held: readonly number[];
  /** Active tokens by histogram bin where it does not. */
  readonly missed: readonly number[];
  /** Tokens where the proxy holds and the feature is silent. */
  readonly silent: number;
  /** held / active. */
  readonly specificity: number;
  /** The same over activations above half of the maximum. */
  readonly topSpecificity: number;
  /** held / (held + silent). */
  readonly sensitivity: number;
}

/** What an agreement is counted on. */
interface ProxyCounting {
  /** The feature's greatest activation. */
  readonly max: number;
  /** Tokens of a context. */
  readonly length: number;
  /** Tokens that do not count are neither held nor silent; a feature is active at none. */
  isCounted(token: number): boolean;
}

/**
 * Specificity and sensitivity of a feature for "B is next by induction", with the stacked histogram behind them, on the
 * contexts of the index; tokens: context · length + position, ascending. Source: Kissane et al. 2024, arXiv:2406.17759, section 4.1.
 */
export function proxyAgreement(
  index: InductionIndex,
  b: number,
  { tokens, values }: FeatureActivations,
  { max, length, isCounted }: ProxyCounting,
): ProxyAgreement {
  const held = new Array<number>(histogramBins).fill(0);
  const missed = new Array<number>(histogramBins).fill(0);
  const holds = index.of(b);
  let at = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!index.has(contextOfToken(token, length))) continue;
    while (at < holds.length && holds[at] < token) at++;
    const bins = holds[at] === token ? held : missed;
    const bin = binOf(values[i], max, histogramBins);
    bins[bin] += 1;
  }
  const all = sum(held);
  const silent = holds.reduce((count, token) => (isCounted(token) ? count + 1 : count), 0) - all;
  const top = histogramBins / 2;
  return {
    held,
    missed,
    silent,
    specificity: share(all, sum(missed)),
    topSpecificity: share(sum(held.slice(top)), sum(missed.slice(top))),
    sensitivity: share(all, silent),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const share = (part: number, rest: number) => (part + rest > 0 ? part / (part + rest) : 0);
