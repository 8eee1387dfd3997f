import type { StudyConfig } from '../../commands/study.ts';
import type { Effects } from '../../effects.ts';
import { createEngine } from '../../engine/index.ts';
import { finiteEngine } from '../../record/finite-engine.ts';
import { ownOut } from '../../record/own-out.ts';
import { StoredParts } from '../../record/stored-parts.ts';
import { checkOut } from '../../tables/check-out.ts';
import { runStudy } from './run-study.ts';
import { openScratch } from './scratch.ts';
import { studyIdentity } from './study-identity.ts';
import { loadStudyInputs, type StudyInputs } from './study-inputs.ts';
import { openStudyText } from './study-text.ts';

/**
 * Runs one study into OUT, which may hold a finished run of the same model: the study then reads that run's text.
 * Throws UserError for bad input.
 */
export async function study(config: StudyConfig, effects: Effects): Promise<void> {
  await checkOut(config);
  await ownOut(config.out, 'study', () => studyOwned(config, effects));
}

async function studyOwned(config: StudyConfig, effects: Effects): Promise<void> {
  const inputs = await loadStudyInputs(config);
  try {
    await studyWith(inputs, config, effects);
  } finally {
    await inputs.release();
  }
}

async function studyWith(inputs: StudyInputs, config: StudyConfig, effects: Effects): Promise<void> {
  for (const note of inputs.notes) effects.log(note);
  const scratch = await openScratch(config.out);
  try {
    const contexts = await openStudyText(config, inputs, scratch, effects);
    try {
      const engine = finiteEngine(await createEngine(config));
      const { model, tokenizer, saes, contextLength } = inputs;
      const { batch, seed } = config;
      const { out } = config;
      const job = {
        out,
        engine,
        model,
        modelDir: config.model,
        tokenizer,
        saes,
        contexts,
        contextLength,
        batch,
        seed,
        effects,
        parts: new StoredParts(out),
      };
      const identity = studyIdentity({ ...config, backend: engine.backend }, inputs, inputs.run?.fingerprint);
      await runStudy(config.study, job, { out, identity });
    } finally {
      await contexts?.close();
    }
  } finally {
    await scratch.discard();
  }
}
