import type { CalibrationCount } from '../../families/maths/calibration-count.ts';

/** The text of core/family-calibration.ts. */
export function calibrationFile(counts: readonly (CalibrationCount & { readonly seed: number })[]): string {
  const rows = counts.map(
    ({ seed, family, least, features, right }) => `  [${seed}, '${family}', ${least}, ${features}, ${right}],`,
  );
  return `import type { Family } from './families.ts';
import type { CalibrationCount } from './family-confidence.ts';

type Row = readonly [seed: number, called: Family, least: number, features: number, right: number];

// Written by \`npm run calibrate\`. Seed of the made models, family called, least score, features called so, how many are so.
const rows: readonly Row[] = [
${rows.join('\n')}
];

/** What the rules called features of made models whose families are known. */
export const calibrationCounts: readonly (CalibrationCount & { readonly seed: number })[] = rows.map(
  ([seed, family, least, features, right]) => ({ seed, family, least, features, right }),
);
`;
}
