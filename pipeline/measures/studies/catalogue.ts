/** What a study needs besides a model: a curve is one of its training, in the model's folder. */
type StudyNeed = 'corpus' | 'curve';

export interface StudyEntry {
  readonly title: string;
  /** What it asks, as one sentence. */
  readonly question: string;
  /** Without these it does not start. */
  readonly needs: readonly StudyNeed[];
  /** Whether it says less without SAEs. */
  readonly readsSaes?: boolean;
  /** Whether it reads the tables of the run that it is of, so that before they are there only some of it can be computed. */
  readonly readsTables?: boolean;
}

/** The studies, in the order in which they run and are listed. */
export const studyNames = ['induction', 'ioi', 'families', 'training'] as const;
export type StudyName = (typeof studyNames)[number];

export const catalogue: Readonly<Record<StudyName, StudyEntry>> = {
  induction: {
    title: 'Long-prefix and short-prefix induction',
    question: 'Which heads copy what followed an earlier occurrence, and how long a match does each of them need?',
    needs: [],
  },
  ioi: {
    title: 'Indirect object identification',
    question: 'When two people meet and one of them gives, how does the model know who receives?',
    needs: [],
    readsSaes: true,
  },
  families: {
    title: 'Families of features',
    question:
      'How often is a feature’s family right where it is known, and of which families are the features of this run?',
    needs: [],
    readsTables: true,
  },
  training: {
    title: 'How this model came to copy',
    question: 'When in its training did the model learn to continue what it has seen once, and how suddenly?',
    needs: ['curve'],
  },
};
