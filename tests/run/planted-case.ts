import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { plantedFeatures } from '../../pipeline/measures/studies/families/planted/features.ts';
import { type PlantedOptions, plantedLayout } from '../../pipeline/measures/studies/families/planted/layout.ts';
import { plantedConfigJson, plantedModel } from '../../pipeline/measures/studies/families/planted/model.ts';
import { plantedSaes } from '../../pipeline/measures/studies/families/planted/saes.ts';
import { plantedContexts } from '../../pipeline/measures/studies/families/planted/text.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointFrom } from '../../pipeline/model/family.ts';

/** A clean model: its heads do what they are made for and next to nothing else. */
const plantedOptions: PlantedOptions = {
  seed: 5,
  topicSize: 7,
  length: 64,
  contexts: 90,
  strength: 1,
  noise: 0,
  saeNoise: 0.4,
  distractors: 0,
};

/** By layer: the features, each reading a head whose work is known. */
export const planted = plantedFeatures(plantedOptions);

/** Writes model, SAEs and corpus under a folder, and returns the settings that run them. */
export async function plantedConfig(folder: string, settings: Partial<RunConfig> = {}): Promise<RunConfig> {
  const paths = {
    model: join(folder, 'model'),
    saes: join(folder, 'saes'),
    corpus: [join(folder, 'corpus.jsonl')],
    out: join(folder, 'out'),
  };
  await writeModel(paths.model);
  await writeSaes(paths.saes);
  await writeFile(join(folder, 'corpus.jsonl'), documents().join(''));
  const { length } = plantedOptions;
  return runSchema.parse({ ...paths, context: length, qualityTokens: 64, studies: [], ...settings });
}

/** Documents that fill a context each: between BOS and the end of text. */
function documents(): string[] {
  const { tokenText } = plantedLayout(plantedOptions);
  return plantedContexts(plantedOptions).map((tokens) => {
    const text = [...tokens.slice(1, -1)].map(tokenText).join('');
    return `${JSON.stringify({ text })}\n`;
  });
}

async function writeModel(folder: string): Promise<void> {
  const { vocabSize, tokenText } = plantedLayout(plantedOptions);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(plantedConfigJson(plantedOptions)));
  const vocab = Object.fromEntries(Array.from({ length: vocabSize }, (_, id) => [tokenText(id), id]));
  await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocab));
  await writeFile(join(folder, 'merges.txt'), '#version: 0.2\n');
  const { config, weights } = plantedModel(plantedOptions);
  await writeSafetensors(join(folder, 'model.safetensors'), checkpointFrom(gpt2, config, weights));
}

async function writeSaes(folder: string): Promise<void> {
  for (const { layer, dIn, dSae, wEnc, bEnc, wDec, bDec } of plantedSaes(plantedOptions)) {
    const own = join(folder, `layer-${layer}`);
    await mkdir(own, { recursive: true });
    const hook = { hook_name: `blocks.${layer}.attn.hook_z`, hook_layer: layer };
    await writeFile(join(own, 'cfg.json'), JSON.stringify({ d_in: dIn, d_sae: dSae, ...hook }));
    const tensors = { W_enc: wEnc, b_enc: bEnc, W_dec: wDec, b_dec: bDec };
    await writeSafetensors(join(own, 'sae_weights.safetensors'), tensors);
  }
}
