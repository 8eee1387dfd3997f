import type { StudyTask } from '../measures/studies/study.ts';
import { budgetOf } from '../record/budget.ts';
import { passBatch } from '../record/pass-batch.ts';
import { StoredParts } from '../record/stored-parts.ts';
import { lowerSaes } from '../sae/lower-saes.ts';
import type { RunSubject } from './subject.ts';

/** What a run's studies work on: of each layer the SAE that lower layers are taken apart by. */
export function studyJob({ settings, inputs, engine, contexts, effects }: RunSubject): StudyTask {
  const { model, tokenizer, contextLength, saes } = inputs;
  const studied = lowerSaes(saes, settings.upstreamSaes);
  const { out, seed } = settings;
  return {
    ...{ engine, model, effects, out, seed, tokenizer, contexts, contextLength },
    modelDir: settings.model,
    saes: studied,
    limit: budgetOf(settings, contexts)?.study,
    parts: new StoredParts(out),
    batch: passBatch(settings.batch, inputs),
  };
}
