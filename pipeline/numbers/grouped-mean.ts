import { studentQuantile, studentTail } from './student.ts';

/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The level of an interval by itself: one in twenty leaves out the truth. */
const level = 0.05;

/**
 * The mean of group means with Student's t interval over groups, 95%: what is measured on prompts of one template hangs
 * together, so templates, not prompts, are what was sampled. Without a second group the interval has no bounds.
 */
export function groupedMean(values: readonly number[], groups: readonly number[]): Estimate {
  return intervalOf(summaryOf(values, groups), level);
}

/**
 * The same of many series that are looked at together, their intervals widened for it: R of m series are significant by
 * Benjamini and Hochberg's procedure at 5 %, and every interval is at the level 1 − 0.05·max(1, R)/m, so that those that
 * leave out 0 are these R. Source: Benjamini, Yekutieli 2005, J. Am. Stat. Assoc. 100, 71–81 (false coverage rate).
 */
export function groupedMeans(series: readonly (readonly number[])[], groups: readonly number[]): Estimate[] {
  const summaries = series.map((values) => summaryOf(values, groups));
  const ascending = summaries.map(pValue).sort((a, b) => a - b);
  const significant = 1 + ascending.findLastIndex((p, i) => p < (level * (i + 1)) / series.length);
  return summaries.map((summary) => intervalOf(summary, (level * Math.max(1, significant)) / series.length));
}

interface Summary {
  readonly centre: number;
  /** Standard error of the centre. */
  readonly error: number;
  readonly freedom: number;
}

function summaryOf(values: readonly number[], groups: readonly number[]): Summary {
  const means = [...Map.groupBy(values.keys(), (i) => groups[i])].map(([, own]) => mean(own.map((i) => values[i])));
  const centre = mean(means);
  const variance = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1);
  return { centre, error: Math.sqrt(variance / means.length), freedom: means.length - 1 };
}

function intervalOf({ centre, error, freedom }: Summary, tail: number): Estimate {
  if (freedom < 1) return { mean: centre, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = studentQuantile(tail, freedom) * error;
  return { mean: centre, low: centre - half, high: centre + half };
}

function pValue({ centre, error, freedom }: Summary): number {
  if (freedom < 1 || centre === 0) return 1;
  return studentTail(centre / error, freedom);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
