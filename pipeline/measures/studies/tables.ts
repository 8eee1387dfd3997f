import type { Table } from '../column-types.ts';
import * as families from './families.ts';
import { inductionCurves, inductionEdges, inductionHeads } from './induction.ts';
import * as ioi from './ioi.ts';

/** Every table of every study; a run may be without any of them. */
export const studyTables: readonly Table[] = [
  inductionCurves,
  inductionHeads,
  inductionEdges,
  ...Object.values(ioi),
  ...Object.values(families),
];
