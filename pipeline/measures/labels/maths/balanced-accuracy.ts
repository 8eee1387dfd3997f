import { type Interval, wilsonInterval } from '../../../numbers/wilson.ts';

/** An example that a model was asked about: whether the feature is active in it, and what was answered, if anything. */
export interface Answered {
  readonly active: boolean;
  readonly answer: boolean | null;
}

export interface BalancedAccuracy extends Interval {
  readonly value: number;
  /** Examples with an answer. */
  readonly examples: number;
}

/**
 * Balanced accuracy (TPR + TNR) / 2 over the examples that were answered, as Delphi's; nothing unless both kinds were. Its
 * 95 % interval is that of a sum of two independent shares by their Wilson intervals [l, u]:
 * value − ½√(Σ(p − l)²) to value + ½√(Σ(u − p)²).
 * Sources: Paulo et al. 2024, arXiv:2410.13928; Newcombe 1998, Statistics in Medicine 17, 873–890.
 */
export function balancedAccuracy(examples: readonly Answered[]): BalancedAccuracy | undefined {
  const answered = examples.filter(({ answer }) => answer !== null);
  const [found, refused] = [true, false].map((active) => answered.filter((example) => example.active === active));
  if (!found?.length || !refused?.length) return undefined;
  const rates = [found, refused].map((own) => {
    const correct = own.filter(({ active, answer }) => answer === active).length;
    return { share: correct / own.length, ...wilsonInterval(correct, own.length) };
  });
  const value = rates.reduce((sum, { share }) => sum + share / 2, 0);
  const root = (of: (rate: (typeof rates)[number]) => number) =>
    Math.sqrt(rates.reduce((sum, rate) => sum + of(rate) ** 2, 0)) / 2;
  const below = root(({ share, low }) => share - low);
  const above = root(({ share, high }) => high - share);
  return { value, low: Math.max(0, value - below), high: Math.min(1, value + above), examples: answered.length };
}
