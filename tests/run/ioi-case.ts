import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointShapes } from '../../pipeline/model/family.ts';
import { type FloatTensor, float32 } from '../../pipeline/numbers/tensor.ts';
import { vocab as bytesAndWords } from '../files/tiny-tokenizer.ts';

/**
 * A model of two layers that does the task by a known circuit. Head 0.0 carries each name at its place; head 1.0 copies
 * every name to the end; head 1.1 looks at the last name said, the giver's, and takes away what 0.0 carried there.
 */
export const plantedNames = ['Mary', 'John', 'Anna', 'Peter', 'Sarah', 'Tom', 'Alice', 'James'];
const words = [...plantedNames, 'and', 'alongside'];
const count = plantedNames.length;
const dHead = 16;
const dModel = 2 * dHead;
const length = 320;

// Dimensions of the residual stream.
const name = (i: number) => i;
const carried = (i: number) => count + i;
const said = (i: number) => 2 * count + i;
const isName = 3 * count;
const fillers = [isName + 1, isName + 2];
const ramp = isName + 3;
/** Features of layer 0: one a name, then some that are always active and write where nothing reads. */
export const idleFeatures = [count, count + 1, count + 2];
const dSae = count + idleFeatures.length;

const each = (n: number) => Array.from({ length: n }, (_, i) => i);
const bytes = Object.keys(bytesAndWords).slice(0, 256);
/** Each word is built letter by letter from the space before it. */
const merges = [...new Set(words.flatMap((word) => each(word.length).map((i) => `Ġ${word.slice(0, i)} ${word[i]}`)))];
const tokens = [...bytes, ...merges.map((merge) => merge.replace(' ', '')), '<|endoftext|>'];
const id = (token: string) => tokens.indexOf(token);

/** A tokenizer of bytes, those names and the end of text, its last token. */
export const namesTokenizer = {
  size: tokens.length,
  files: {
    'vocab.json': JSON.stringify(Object.fromEntries(tokens.map((token, i) => [token, i]))),
    'merges.txt': `#version: 0.2\n${merges.join('\n')}\n`,
  },
};

export interface IoiCase {
  readonly model: string;
  readonly saes: string;
}

/** Writes the model and its one SAE under a folder; `suppresses` false leaves head 1.1 without effect. */
export async function writeIoiCase(folder: string, suppresses = true): Promise<IoiCase> {
  const [model, saes] = [join(folder, 'model'), join(folder, 'saes')];
  await mkdir(model, { recursive: true });
  await mkdir(join(saes, 'layer-0'), { recursive: true });
  const config = {
    ...{ model_type: 'gpt2', n_layer: 2, n_head: 2, n_embd: dModel, n_inner: 1, n_positions: length },
    ...{ vocab_size: tokens.length, bos_token_id: id('<|endoftext|>'), eos_token_id: id('<|endoftext|>') },
    tie_word_embeddings: false,
  };
  await writeFile(join(model, 'config.json'), JSON.stringify(config));
  for (const [file, text] of Object.entries(namesTokenizer.files)) await writeFile(join(model, file), text);
  await writeSafetensors(join(model, 'model.safetensors'), plantedWeights(config, suppresses));
  await writeSae(join(saes, 'layer-0'));
  return { model, saes };
}

function plantedWeights(config: object, suppresses: boolean): Record<string, FloatTensor> {
  const shapes = checkpointShapes(gpt2, gpt2.parseConfig(config, 'config.json'));
  const weights = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, float32(shape)]));
  const set = (key: string, row: number, column: number, value: number) => {
    const tensor = weights[key];
    if (!tensor) throw new Error(`no tensor ${key}`);
    tensor.data[row * (tensor.shape[1] ?? 1) + column] = value;
  };
  for (const key of Object.keys(weights)) if (/ln_.*weight/.test(key)) weights[key]?.data.fill(1);
  for (const position of each(length)) set('wpe.weight', position, ramp, position / 256);
  for (const token of tokens.keys()) for (const filler of fillers) set('wte.weight', token, filler, 1);
  plantedNames.forEach((word, i) => {
    const token = id(`Ġ${word}`);
    for (const filler of fillers) set('wte.weight', token, filler, 0);
    set('wte.weight', token, name(i), 1);
    set('wte.weight', token, isName, 1);
    set('lm_head.weight', token, said(i), 5);
  });
  const [query, key, value] = [0, dModel, 2 * dModel];
  const read = (layer: number, head: number, part: number, from: number, to: number, by: number) =>
    set(`h.${layer}.attn.c_attn.weight`, from, part + head * dHead + to, by);
  for (const i of each(count)) {
    read(0, 0, query, name(i), i, 20);
    read(0, 0, key, name(i), i, 1);
    read(0, 0, value, name(i), i, 1);
    read(1, 0, value, name(i), i, 1);
    read(1, 1, value, carried(i), i, 1);
    set('h.0.attn.c_proj.weight', i, carried(i), 0.3);
    set('h.1.attn.c_proj.weight', i, said(i), 1);
    set('h.1.attn.c_proj.weight', dHead + i, said(i), suppresses ? -3 : 0);
  }
  for (const head of [0, 1]) set('h.1.attn.c_attn.bias', head * dHead + dHead - 1, 0, 4);
  read(1, 0, key, isName, dHead - 1, 5);
  read(1, 1, key, isName, dHead - 1, 600);
  read(1, 1, key, ramp, dHead - 1, 400);
  return weights;
}

async function writeSae(folder: string): Promise<void> {
  const wEnc = float32([dModel, dSae]);
  const wDec = float32([dSae, dModel]);
  const bEnc = float32([dSae]);
  for (const i of each(count)) {
    wEnc.data[i * dSae + i] = 1;
    wDec.data[i * dModel + i] = 1;
    bEnc.data[i] = -0.2;
  }
  // Head 0.1 writes nothing: its part of W_O is 0.
  for (const i of idleFeatures) {
    wDec.data[i * dModel + dHead + i] = 1;
    bEnc.data[i] = 0.5;
  }
  const weights = { W_enc: wEnc, W_dec: wDec, b_enc: bEnc, b_dec: float32([dModel]) };
  await writeSafetensors(join(folder, 'sae_weights.safetensors'), weights);
  const cfg = { architecture: 'standard', d_in: dModel, d_sae: dSae, hook_name: 'blocks.0.attn.hook_z' };
  await writeFile(join(folder, 'cfg.json'), JSON.stringify({ ...cfg, apply_b_dec_to_input: true }));
}
