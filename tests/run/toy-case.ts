import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { registerFamily } from '../../pipeline/model/families/index.ts';
import { Transformer } from '../../pipeline/model/transformer.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32, type HostTensor, type Shape, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { saeTensors, saeWeights } from '../../pipeline/sae/sae.ts';
import { randomCheckpoint } from '../model/rotary-cases.ts';
import { toy, toyJson } from '../model/toy-family.ts';
import { namesTokenizer, plantedNames } from './ioi-case.ts';
import { temporaryFolder } from './reference-case.ts';

export const toyLayers = [0, 1, 2];
export const toySae = { dIn: toyJson.heads * toyJson.head_width, dSae: 30 };

/** As long as a prompt of the study of indirect objects in bytes. */
export const toyJsonOfRun = {
  ...toyJson,
  vocabulary: namesTokenizer.size,
  end_token: namesTokenizer.size - 1,
  context: 320,
};

/** A random toy, ReLU SAEs of some of its layers and a text, in a folder of their own, and the settings that run them. */
export async function toyCase(layers: readonly number[], settings: Partial<RunConfig> = {}): Promise<RunConfig> {
  registerFamily(toy);
  const folder = await temporaryFolder();
  const paths = { model: join(folder, 'model'), saes: join(folder, 'saes'), out: join(folder, 'out') };
  await mkdir(paths.model);
  await writeFile(join(paths.model, 'config.json'), JSON.stringify(toyJsonOfRun));
  for (const [file, text] of Object.entries(namesTokenizer.files)) await writeFile(join(paths.model, file), text);
  const prefixed = Object.entries(randomCheckpoint(toy, toyJsonOfRun)).map(([name, tensor]) => [`toy:${name}`, tensor]);
  await writeSafetensors(join(paths.model, 'model.safetensors'), Object.fromEntries(prefixed));
  for (const layer of layers) await writeSae(join(paths.saes, `l${layer}`), layer);
  const corpus = join(folder, 'corpus.jsonl');
  await writeFile(corpus, documents(40).join(''));
  return runSchema.parse({ ...paths, corpus: [corpus], context: 32, threads: 1, studies: [], ...settings });
}

async function writeSae(folder: string, layer: number): Promise<void> {
  const { dIn, dSae } = toySae;
  const random = seededRandom(100 + layer);
  const noise = (shape: Shape, scale: number) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => Math.round((random() - 0.5) * scale * 256) / 256),
    );
  await mkdir(folder, { recursive: true });
  const hook = { hook_name: `blocks.${layer}.attn.hook_z`, d_in: dIn, d_sae: dSae };
  await writeFile(join(folder, 'cfg.json'), JSON.stringify({ ...hook, apply_b_dec_to_input: layer % 2 === 0 }));
  const encoder = { W_enc: noise([dIn, dSae], 2), b_enc: noise([dSae], 0.5) };
  const decoder = { W_dec: noise([dSae, dIn], 1), b_dec: noise([dIn], 0.25) };
  await writeSafetensors(join(folder, 'sae_weights.safetensors'), { ...encoder, ...decoder });
}

function documents(count: number): string[] {
  const random = seededRandom(8);
  const words = [...plantedNames, 'and', 'alongside', 'saw', 'it', 'of'];
  const text = () => Array.from({ length: 30 }, () => words[Math.floor(random() * words.length)]).join(' ');
  return Array.from({ length: count }, () => `${JSON.stringify({ text: text() })}\n`);
}

/** The case's model and SAEs, read as a run reads them, on tfjs's plain backend. */
export async function loadToy({ model, saes }: RunConfig): Promise<{ transformer: Transformer; saes: LoadedSaes }> {
  await tf.setBackend('cpu');
  const { config, weights } = await loadModel(model);
  const loaded = (await loadSaes(saes, config)).map(
    (sae) => [sae.layer, { sae, tensors: saeTensors(sae, onBackend(saeWeights(sae))) }] as const,
  );
  return { transformer: new Transformer(config, onBackend(weights)), saes: new Map(loaded) };
}

const onBackend = (tensors: Readonly<Record<string, HostTensor>>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );
