import * as families from '../measures/studies/families/table.ts';
import * as induction from '../measures/studies/induction/table.ts';
import * as ioi from '../measures/studies/ioi/table.ts';
import { trainingCurve } from '../measures/studies/training/table.ts';
import { tables } from '../tables/schema.ts';

/** Every table that may be in OUT, by the name of its folder. */
export const namedTables = {
  ...tables,
  study_induction_curves: induction.inductionCurves,
  study_induction_heads: induction.inductionHeads,
  study_induction_edges: induction.inductionEdges,
  study_ioi_answers: ioi.ioiAnswers,
  study_ioi_totals: ioi.ioiTotals,
  study_ioi_features: ioi.ioiFeatures,
  study_ioi_heads: ioi.ioiHeads,
  study_ioi_edges: ioi.ioiEdges,
  study_ioi_patches: ioi.ioiPatches,
  study_families_confusion: families.familiesConfusion,
  study_families_confidence: families.familiesConfidence,
  study_training_curve: trainingCurve,
};
