import { labelSupport } from '../../pipeline/measures/labels/maths/label-support.ts';
import type { FeatureNameRow } from '../../pipeline/tables/feature-names.ts';
import type { FeatureName } from './feature-name.ts';

/** The name of a feature by its row: its best label, else its summary; nothing of a run that made none. */
export function nameOfRow(row: FeatureNameRow): FeatureName | undefined {
  const { label, summary } = row;
  if (label !== null) {
    const support = labelSupport(row);
    return { text: label, isRule: false, isAtChance: support === 'chance' || support === 'below chance' };
  }
  return summary === '' ? undefined : { text: summary, isRule: true, isAtChance: false };
}
