import type { ExampleRow, FeatureRow } from '../../../pipeline/measures/statistics/table.ts';

import type { FeatureName } from '../../page-kit/feature-name.ts';

export interface HeadFeature {
  readonly row: FeatureRow;
  readonly name?: FeatureName | undefined;
  /** Its head weight on this head. */
  readonly weight: number;
  /** The share of its attribution that this head carries, over its top examples. */
  readonly attribution: number;
  /** Its top examples, strongest first. */
  readonly top: readonly ExampleRow[];
}
