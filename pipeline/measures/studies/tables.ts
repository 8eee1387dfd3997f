import type { Table } from '../../store/column-types.ts';
import * as families from './families/tables.ts';
import { inductionCurves, inductionEdges, inductionHeads } from './induction/tables.ts';
import * as ioi from './ioi/tables.ts';

/** Every table of every study; a run may be without any of them. */
export const studyTables: readonly Table[] = [
  inductionCurves,
  inductionHeads,
  inductionEdges,
  ...Object.values(ioi),
  ...Object.values(families),
];
