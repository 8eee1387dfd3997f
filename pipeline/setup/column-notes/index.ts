import { comparisonNotes } from './comparison.ts';
import { corpusNotes } from './corpus.ts';
import { featureNotes } from './features.ts';
import { headNotes } from './heads.ts';
import { inductionStudyNotes } from './induction-study.ts';
import { ioiStudyNotes } from './ioi-study.ts';
import { labelNotes } from './labels.ts';
import type { NotesOfTables } from './notes-of.ts';
import { qualityNotes } from './quality.ts';
import { readingNotes } from './reading.ts';
import { studyNotes } from './studies.ts';

/** What the columns of each table hold. */
export const columnNotes = {
  ...qualityNotes,
  ...featureNotes,
  ...headNotes,
  ...readingNotes,
  ...labelNotes,
  ...comparisonNotes,
  ...corpusNotes,
  ...inductionStudyNotes,
  ...ioiStudyNotes,
  ...studyNotes,
} satisfies NotesOfTables;

/** What columns hold that mean the same in every table, where its own notes do not say otherwise. */
export const commonNotes: Readonly<Record<string, string | undefined>> = {
  layer: 'from 0',
  sae: 'id of the SAE: its layer, where that says it all',
  feature: 'from 0 in its SAE',
  head: 'from 0 in its layer',
};
