import type { StudyName } from '../../core/studies/catalogue.ts';
import type { Study } from './study.ts';

/** Each study's code, loaded when it runs. */
export const studies: Readonly<Record<StudyName, () => Promise<Study>>> = {
  induction: async () => (await import('./induction.ts')).inductionStudy,
  ioi: async () => (await import('./ioi.ts')).ioiStudy,
  families: async () => (await import('./families.ts')).familiesStudy,
};
