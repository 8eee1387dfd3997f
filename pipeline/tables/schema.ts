import { headCircuits } from '../measures/circuits/table.ts';
import { comparedFeatures, comparedHeads, comparedRun, comparedSaes } from '../measures/comparison/table.ts';
import { familyChecks } from '../measures/families/table.ts';
import { heads, headVerdicts } from '../measures/heads/table.ts';
import { labelAnswers, labels } from '../measures/labels/table.ts';
import { mapPlaces, maps } from '../measures/map/table.ts';
import { neighbours } from '../measures/neighbours/table.ts';
import { saes, zMeans } from '../measures/quality/table.ts';
import { headSequences } from '../measures/sequences/table.ts';
import { examples, features } from '../measures/statistics/table.ts';
import { studyTables } from '../measures/studies/table.ts';
import { trainingCurve } from '../measures/training/table.ts';
import { upstream } from '../measures/upstream/table.ts';
import { wiring } from '../measures/wiring/table.ts';
import { contexts, documents, vocabulary } from '../record/table.ts';

/** The tables of every run by their names; each is declared in the room that fills it. */
export const tables = {
  saes,
  training_curve: trainingCurve,
  features,
  examples,
  heads,
  head_verdicts: headVerdicts,
  head_circuits: headCircuits,
  head_sequences: headSequences,
  upstream,
  z_means: zMeans,
  wiring,
  neighbours,
  maps,
  map_places: mapPlaces,
  family_checks: familyChecks,
  labels,
  label_answers: labelAnswers,
  compared_run: comparedRun,
  compared_saes: comparedSaes,
  compared_heads: comparedHeads,
  compared_features: comparedFeatures,
  documents,
  contexts,
  vocabulary,
};

/** Every table that may be in OUT. */
export const allTables = [...Object.values(tables), ...studyTables];
