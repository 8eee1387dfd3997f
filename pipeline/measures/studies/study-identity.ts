import { type StudyConfig, studySchema } from '../../commands/study.ts';
import { settingsWhere } from '../../config/settings-where.ts';
import { fingerprint, textIdentity } from '../../record/fingerprint.ts';
import type { RunInputs } from '../../record/inputs.ts';
import type { StudyIdentity } from './run-study.ts';

/** Identifies a study by its settings, what it reads, and the run that it is a study of, if any. */
export function studyIdentity(
  settings: Partial<StudyConfig>,
  {
    modelName,
    identities,
    corpus,
    contextLength,
  }: Pick<RunInputs, 'modelName' | 'identities' | 'corpus' | 'contextLength'>,
  run: string | undefined,
): StudyIdentity {
  const numbers = settingsWhere(studySchema, settings, ({ affects }) => affects === 'numbers');
  return {
    fingerprint: fingerprint({
      ...identities,
      corpus: corpus.map(textIdentity),
      run,
      settings: { ...numbers, context: contextLength },
    }),
    run: run ?? null,
    model: { name: modelName, sha256: identities.model.sha256 },
  };
}
