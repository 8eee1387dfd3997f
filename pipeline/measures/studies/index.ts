import type { StudyName } from './catalogue.ts';
import type { Study } from './study.ts';

/** Each study's code, loaded when it runs. */
export const studies: Readonly<Record<StudyName, () => Promise<Study>>> = {
  induction: async () => (await import('./induction/study.ts')).inductionStudy,
  ioi: async () => (await import('./ioi/study.ts')).ioiStudy,
  families: async () => (await import('./families/study.ts')).familiesStudy,
  training: async () => (await import('./training/study.ts')).trainingStudy,
};
