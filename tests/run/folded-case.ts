import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointShapes } from '../../pipeline/model/family.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { endOfText, tokenizerJson } from '../files/tiny-tokenizer.ts';

export const [nLayers, nHeads, dModel, dSae, context] = [3, 2, 8, 24, 12] as const;

const configJson = {
  model_type: 'gpt2',
  ...{ n_layer: nLayers, n_head: nHeads, n_embd: dModel, n_positions: context, vocab_size: endOfText + 1 },
  ...{ bos_token_id: endOfText, eos_token_id: endOfText },
};

export type Tensors = Readonly<Record<string, FloatTensor>>;

/** A random GPT-2 whose LayerNorm and value biases are as large as what they are added to. */
export function biasedModel(): Tensors {
  const random = seededRandom(4);
  const shapes = checkpointShapes(gpt2, gpt2.parseConfig(configJson, 'config.json'));
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const offset = /ln_..weight/.test(name) ? 1 : 0;
      const scale = /ln_1.bias|c_attn.bias/.test(name) ? 1.5 : 0.4;
      return [name, filled(random, shape, scale, offset)];
    }),
  );
}

export function saeTensors(layer: number): Tensors {
  const random = seededRandom(20 + layer);
  return {
    W_enc: filled(random, [dModel, dSae], 0.8),
    b_enc: filled(random, [dSae], 0.4, 0.2),
    W_dec: filled(random, [dSae, dModel], 0.5),
    b_dec: filled(random, [dModel], 0.5),
  };
}

function filled(random: () => number, shape: Shape, scale: number, offset = 0): FloatTensor {
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => offset + 2 * scale * (random() - 0.5)),
  );
}

export interface FoldedCase {
  readonly model: Tensors;
  /** Of every layer's cfg.json. */
  readonly cfg: Readonly<Record<string, unknown>>;
}

/** Writes a model, an SAE a layer and a corpus, and returns the settings that run them. */
export async function foldedConfig(
  folder: string,
  { model, cfg }: FoldedCase,
  settings: Partial<RunConfig> = {},
): Promise<RunConfig> {
  await mkdir(join(folder, 'model'), { recursive: true });
  await writeFile(join(folder, 'model/config.json'), JSON.stringify(configJson));
  await writeFile(join(folder, 'model/tokenizer.json'), JSON.stringify(tokenizerJson));
  await writeSafetensors(join(folder, 'model/model.safetensors'), model);
  for (let layer = 0; layer < nLayers; layer++) {
    const own = join(folder, `saes/${layer}`);
    await mkdir(own, { recursive: true });
    const sizes = { d_in: dModel, d_sae: dSae, hook_name: `blocks.${layer}.attn.hook_z` };
    await writeFile(join(own, 'cfg.json'), JSON.stringify({ ...sizes, ...cfg }));
    await writeSafetensors(join(own, 'sae_weights.safetensors'), saeTensors(layer));
  }
  await writeFile(join(folder, 'corpus.jsonl'), corpus());
  const paths = { model: join(folder, 'model'), saes: join(folder, 'saes'), corpus: [join(folder, 'corpus.jsonl')] };
  return runSchema.parse({ ...paths, out: join(folder, 'out'), context, studies: [], circuitTokens: 0, ...settings });
}

/** 30 documents of letters and spaces. */
function corpus(): string {
  const random = seededRandom(9);
  const text = () => Array.from({ length: 11 }, () => 'abcdefgh lo'[Math.floor(11 * random())]).join('');
  return Array.from({ length: 30 }, () => `${JSON.stringify({ text: text() })}\n`).join('');
}
