import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunConfig, runSchema } from '../../pipeline/config.ts';
import { gpt2 } from '../../pipeline/core/architectures/gpt2.ts';
import type { Family } from '../../pipeline/core/families.ts';
import { randomInteger, randomNormal, seededRandom } from '../../pipeline/core/seeded-random.ts';
import { type FloatTensor, float32 } from '../../pipeline/core/tensor.ts';
import { writeSafetensors } from '../../pipeline/io/safetensors-writer.ts';

/** Letters, then the end of text; the residual stream is one-hot token, one-hot position, one-hot previous token. */
const letters = 24;
const vocabSize = letters + 1;
const length = 64;
const heads = 3;
const dHead = vocabSize + length + 1;
const dModel = heads * dHead;
const token = (id: number) => id;
const place = (position: number) => vocabSize + position;
const previous = (id: number) => vocabSize + length + id;
/** The last dimension of a head is for what draws attention when nothing else does. */
const sink = dHead - 1;
const topics = [0, 8, 16].map((first) => Array.from({ length: 8 }, (_, i) => first + i));

interface PlantedFeature {
  readonly family: Family | null;
  readonly head: number;
  /** [dimension of its head's z, weight], or of another head where a third number says so. */
  readonly reads: readonly (readonly [number, number, number?])[];
  readonly bias: number;
}

const each = (count: number) => Array.from({ length: count }, (_, i) => i);
const reader = (family: Family | null, head: number, dims: readonly number[], bias: number): PlantedFeature => ({
  family,
  head,
  reads: dims.map((dim) => [dim, 1] as const),
  bias,
});

/** By layer: the features, each reading a head whose work is known. */
export const planted: readonly (readonly PlantedFeature[])[] = [
  [
    ...each(letters).map((i) => reader('previous token', 0, [i], -0.5)),
    ...topics.map((topic) => reader('high-level context', 1, topic, -0.3)),
    reader('BOS', 1, [letters], -0.01),
    ...each(letters).map((i) => reader('current token', 2, [i], -0.5)),
    ...each(8).map((i): PlantedFeature => {
      const reads = [
        [3 * i, 0.5],
        [3 * i + 1, 0.5, 2],
      ] as const;
      return { family: 'local context', head: 0, reads, bias: -0.75 };
    }),
    reader(null, 0, [1], -9),
    reader(null, 2, [2], -9),
  ],
  [
    ...each(letters).map((i) => reader('induction', 0, [i], -0.3)),
    ...each(letters).map((i) => reader('duplicate token', 1, [i], -0.3)),
    ...each(8).map((i) =>
      reader(
        'positional',
        2,
        each(8).map((p) => 8 * i + p),
        -0.5,
      ),
    ),
    ...each(8).map((i) => reader('current token', 2, [length + 3 * i], -0.5)),
    reader(null, 0, [1], -9),
    reader(null, 1, [2], -9),
  ],
];

/** Writes model, SAEs and corpus under a folder, and returns the settings that run them. */
export async function plantedConfig(folder: string, settings: Partial<RunConfig> = {}): Promise<RunConfig> {
  await writeModel(join(folder, 'model'));
  for (const layer of planted.keys()) await writeSae(join(folder, 'saes', `layer-${layer}`), layer);
  const corpus = join(folder, 'corpus.jsonl');
  await writeFile(
    corpus,
    documents()
      .map((text) => `${JSON.stringify({ text })}\n`)
      .join(''),
  );
  const paths = {
    model: join(folder, 'model'),
    saes: join(folder, 'saes'),
    corpus: [corpus],
    out: join(folder, 'out'),
  };
  return runSchema.parse({ ...paths, context: length, qualityTokens: 64, studies: [], ...settings });
}

/** Documents that fill a context each: four letters in five are of the document's topic. */
function documents(): string[] {
  const random = seededRandom(5);
  return each(90).map((document) => {
    const topic = topics[document % topics.length] ?? [];
    const ids = each(length - 2).map(() =>
      random() < 0.8 ? (topic[randomInteger(random, 0, topic.length - 1)] ?? 0) : randomInteger(random, 0, letters - 1),
    );
    return ids.map((id) => String.fromCharCode(97 + id)).join('');
  });
}

async function writeModel(folder: string): Promise<void> {
  const json = {
    model_type: 'gpt2',
    n_layer: 2,
    n_head: heads,
    n_embd: dModel,
    n_inner: 1,
    n_positions: length,
    vocab_size: vocabSize,
    bos_token_id: letters,
    eos_token_id: letters,
  };
  const shapes = gpt2.tensors(gpt2.parseConfig(json, 'config.json'));
  const weights = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, float32(shape)]));
  plantWeights(weights);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(json));
  const vocab = Object.fromEntries(each(letters).map((id) => [String.fromCharCode(97 + id), id]));
  await writeFile(join(folder, 'vocab.json'), JSON.stringify({ ...vocab, '<|endoftext|>': letters }));
  await writeFile(join(folder, 'merges.txt'), '#version: 0.2\n');
  await writeSafetensors(join(folder, 'model.safetensors'), weights);
}

function plantWeights(weights: Readonly<Record<string, FloatTensor>>): void {
  const set = (name: string, row: number, column: number, value: number) => {
    const tensor = weights[name];
    if (!tensor) throw new Error(`no tensor ${name}`);
    tensor.data[row * (tensor.shape[1] ?? 1) + column] = value;
  };
  for (const id of each(vocabSize)) set('wte.weight', id, token(id), 1);
  for (const position of each(length)) set('wpe.weight', position, place(position), 1);
  for (const layer of [0, 1]) {
    // The stream holds two ones before layer 0 and three before layer 1, so that LayerNorm can be undone exactly.
    const mean = (layer + 2) / dModel;
    weights[`h.${layer}.ln_1.weight`]?.data.fill(Math.sqrt(mean - mean * mean + 1e-5));
    weights[`h.${layer}.ln_1.bias`]?.data.fill(mean);
  }
  weights['ln_f.weight']?.data.fill(1);

  const part = { query: 0, key: dModel, value: 2 * dModel };
  const scale = { query: Math.sqrt(dHead), key: 1, value: 1 };
  type Part = keyof typeof part;
  const read = (layer: number, head: number, which: Part, from: number, to: number, value = 1) =>
    set(`h.${layer}.attn.c_attn.weight`, from, part[which] + head * dHead + to, value * scale[which]);
  const always = (layer: number, head: number, value: number) =>
    set(`h.${layer}.attn.c_attn.bias`, head * dHead + sink, 0, value * scale.query);
  const readTokens = (layer: number, head: number, which: Part, value = 1) =>
    each(vocabSize).forEach((id) => read(layer, head, which, token(id), id, value));

  // 0.0: the previous token, written into the stream. 0.1: BOS as much as 20 tokens, the rest evenly. 0.2: itself.
  for (const t of each(length)) {
    read(0, 0, 'query', place(t), Math.max(0, t - 1), 30);
    read(0, 0, 'key', place(t), t);
    read(0, 2, 'query', place(t), t, 30);
    read(0, 2, 'key', place(t), t);
    // 1.1 keeps away from itself; 1.2 looks at itself and reads place and token.
    read(1, 1, 'query', place(t), vocabSize + t, 40);
    read(1, 1, 'key', place(t), vocabSize + t, -1);
    read(1, 2, 'query', place(t), t, 30);
    read(1, 2, 'key', place(t), t);
    read(1, 2, 'value', place(t), t);
  }
  for (const head of [0, 1, 2]) readTokens(0, head, 'value');
  for (const id of each(vocabSize)) set('h.0.attn.c_proj.weight', id, previous(id), 1);
  always(0, 1, 1);
  read(0, 1, 'key', place(0), sink, 3);

  // 1.0: what followed the present token before. 1.1: where the present token was before.
  for (const id of each(vocabSize)) {
    read(1, 0, 'key', previous(id), id);
    read(1, 2, 'value', token(id), length + id);
    for (const head of [0, 1]) set('h.1.attn.c_proj.weight', head * dHead + id, token(id), 1);
  }
  readTokens(1, 1, 'key');
  for (const head of [0, 1]) {
    readTokens(1, head, 'query', 20);
    readTokens(1, head, 'value');
    always(1, head, 10);
    read(1, head, 'key', place(0), sink);
  }
}

/** Encoder and decoder read and write the same directions, with a little noise. */
async function writeSae(folder: string, layer: number): Promise<void> {
  const features = planted[layer] ?? [];
  const random = seededRandom(9, layer);
  const noisy = (size: number) => Float32Array.from({ length: size }, () => 0.03 * randomNormal(random));
  const wEnc = float32([dModel, features.length], noisy(dModel * features.length));
  const wDec = float32([features.length, dModel], noisy(dModel * features.length));
  for (const [feature, { head, reads }] of features.entries()) {
    for (const [dim, weight, other = head] of reads) {
      const z = other * dHead + dim;
      wEnc.data[z * features.length + feature] = weight;
      wDec.data[feature * dModel + z] = weight;
    }
  }
  const bias = Float32Array.from(features, (feature) => feature.bias);
  const tensors = { W_enc: wEnc, b_enc: float32([features.length], bias), W_dec: wDec, b_dec: float32([dModel]) };
  await mkdir(folder, { recursive: true });
  const hook = { hook_name: `blocks.${layer}.attn.hook_z`, hook_layer: layer };
  await writeFile(join(folder, 'cfg.json'), JSON.stringify({ d_in: dModel, d_sae: features.length, ...hook }));
  await writeSafetensors(join(folder, 'sae_weights.safetensors'), tensors);
}
