import type { StudyTask } from '../measures/studies/study.ts';
import { budgetOf } from '../record/budget.ts';
import { passBatch } from '../record/pass-batch.ts';
import { lowerSaes } from '../sae/lower-saes.ts';
import type { RunSubject } from './subject.ts';

/** What a run's studies work on: of each layer the SAE that lower layers are taken apart by. */
export function studyJob({ settings, inputs, engine, contexts, parts, effects }: RunSubject): StudyTask {
  const { model, tokenizer, contextLength, saes } = inputs;
  const studied = lowerSaes(saes, settings.upstreamSaes);
  const { out, seed } = settings;
  return {
    ...{ engine, model, effects, out, seed, tokenizer, contexts, contextLength, parts },
    modelDir: settings.model,
    saes: studied,
    limit: budgetOf(settings, contexts)?.study,
    batch: passBatch(settings.batch, inputs),
  };
}
