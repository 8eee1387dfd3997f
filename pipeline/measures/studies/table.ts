import type { Table } from '../../store/column-types.ts';
import * as families from './families/table.ts';
import { inductionCurves, inductionEdges, inductionHeads } from './induction/table.ts';
import * as ioi from './ioi/table.ts';
import { trainingCurve } from './training/table.ts';

/** Every table of every study; a run may be without any of them. */
export const studyTables: readonly Table[] = [
  inductionCurves,
  inductionHeads,
  inductionEdges,
  ...Object.values(ioi),
  ...Object.values(families),
  trainingCurve,
];
