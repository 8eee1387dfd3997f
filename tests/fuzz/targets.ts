import type { FuzzTarget } from './fuzz.ts';
import { addressTargets } from './targets/addresses.ts';
import { corpusTargets } from './targets/corpora.ts';
import { folderTargets } from './targets/folders.ts';
import { recordTargets } from './targets/records.ts';
import { weightTargets } from './targets/weights.ts';

/** Every parser of what others wrote. */
export const targets: readonly FuzzTarget[] = [
  ...weightTargets,
  ...folderTargets,
  ...corpusTargets,
  ...recordTargets,
  ...addressTargets,
];

/** The targets in the order in which cases take them, each as often as its share. */
export const rounds: readonly FuzzTarget[] = targets.flatMap((target) =>
  Array.from({ length: target.share }, () => target),
);
