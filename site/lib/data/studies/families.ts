import type { StudySource } from './pages.ts';

/** The study of families. */
export async function familiesPage(_source: StudySource): Promise<string> {
  return '';
}
