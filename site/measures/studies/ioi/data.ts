import type {
  IoiAnswerRow,
  IoiEdgeRow,
  IoiFeatureRow,
  IoiHeadRow,
  IoiPatchRow,
  IoiTotalRow,
} from '../../../../pipeline/measures/studies/ioi/table.ts';

/** What a run knows of a feature besides the study. */
export interface FeatureLabel {
  readonly family: string | null;
  /** Tokens that it promotes most. */
  readonly promoted: readonly number[];
}

/** All that the study of indirect objects found. */
export interface IoiData {
  readonly answers: readonly IoiAnswerRow[];
  readonly totals: readonly IoiTotalRow[];
  readonly features: readonly IoiFeatureRow[];
  readonly heads: readonly IoiHeadRow[];
  readonly edges: readonly IoiEdgeRow[];
  readonly patches: readonly IoiPatchRow[];
  readonly settings: Readonly<Record<string, unknown>>;
  label(layer: number, feature: number): FeatureLabel | undefined;
}

/** A mean with its 95% interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Whether an interval leaves out 0. */
export const isSure = ({ low, high }: Pick<Estimate, 'low' | 'high'>): boolean => low > 0 || high < 0;

/** The total of a set of templates in both orders, or in one. */
export function totalOf({ totals }: IoiData, templates: 'all' | 'solved', order = 'both'): IoiTotalRow | undefined {
  return totals.find((row) => row.templates === templates && row.story_order === order);
}
