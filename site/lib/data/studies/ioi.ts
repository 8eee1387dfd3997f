import type { StudySource } from './pages.ts';

/** The study of indirect-object identification. */
export async function ioiPage(_source: StudySource): Promise<string> {
  return '';
}
