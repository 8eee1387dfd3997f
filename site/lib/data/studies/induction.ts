import type { StudySource } from './pages.ts';

/** The study of long and short prefixes. */
export async function inductionPage(_source: StudySource): Promise<string> {
  return '';
}
