import { tmpdir } from 'node:os';
import { type LanguageModel, loadLanguageModel } from '../files/model/language-model.ts';
import { readModelConfig } from '../files/model/model-dir.ts';
import { removeAbandonedWeights } from '../files/weight-files.ts';
import { HeldWeights } from './held-weights.ts';

/**
 * Gives what `use` makes of a model, and where SAEs beside it are to be held. Weights that are large lie in files of
 * `filesIn` meanwhile, the system's folder for temporary ones unless given; what a killed process left there is removed first.
 * Throws UserError for the first thing that is wrong with the model.
 */
export async function withLanguageModel<Result>(
  dir: string,
  use: (loaded: LanguageModel, held: HeldWeights) => Promise<Result>,
  filesIn = tmpdir(),
): Promise<Result> {
  await removeAbandonedWeights(filesIn);
  const held = new HeldWeights(filesIn);
  try {
    const { config } = await readModelConfig(dir);
    return await use(await loadLanguageModel(dir, await held.ofModel(config)), held);
  } finally {
    await held.release();
  }
}
