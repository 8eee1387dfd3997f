import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointFrom } from '../../pipeline/model/family.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { initialState, weightsOf } from '../../pipeline/training/lm-state.ts';
import { endOfText, tokenizerJson } from '../files/tiny-tokenizer.ts';

const tinyConfig = {
  model_type: 'gpt2',
  n_layer: 2,
  n_head: 2,
  n_embd: 16,
  n_positions: 16,
  vocab_size: endOfText + 1,
  bos_token_id: endOfText,
  eos_token_id: endOfText,
};

/** A random GPT-2 of two layers whose attention matters: weights well above the usual start. */
export function tinyModel(): Model {
  const config = gpt2.parseConfig(tinyConfig, 'config.json');
  const weights = weightsOf(config, initialState(config, 1));
  for (const [name, { data }] of Object.entries(weights)) {
    if (/^embedding|(query|key|value|output|out)\.weight$/.test(name)) data.set(data.map((value) => value * 20));
  }
  return { config, weights };
}

/** Writes the tiny model, a tokenizer of bytes and a corpus of some 4,000 tokens; returns their paths. */
export async function writeTinyModel(dir: string): Promise<{ model: string; corpus: string }> {
  const model = join(dir, 'model');
  await mkdir(model, { recursive: true });
  await writeSafetensors(join(model, 'model.safetensors'), checkpointOf(tinyModel()));
  await writeFile(join(model, 'config.json'), JSON.stringify(tinyConfig));
  await writeFile(join(model, 'tokenizer.json'), JSON.stringify(tokenizerJson));
  const special = { tokenizer_class: 'GPT2Tokenizer', bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' };
  await writeFile(join(model, 'tokenizer_config.json'), JSON.stringify(special));
  const corpus = join(dir, 'corpus.jsonl');
  const sentences = Array.from({ length: 120 }, (_, i) => `the ${i} cats sat on mat ${(i * 7) % 13}.`);
  await writeFile(corpus, sentences.map((text) => JSON.stringify({ text })).join('\n'));
  return { model, corpus };
}

const checkpointOf = ({ config, weights }: Model) => checkpointFrom(gpt2, config, weights);
