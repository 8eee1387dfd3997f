import { gpt2 } from '../../../../model/families/gpt2.ts';
import { checkpointShapes, weightsFrom } from '../../../../model/family.ts';
import type { Model } from '../../../../model/model.ts';
import { type Random, randomNormal, seededRandom } from '../../../../numbers/seeded-random.ts';
import { type FloatTensor, float32 } from '../../../../numbers/tensor.ts';
import { each, type PlantedLayout, type PlantedOptions, plantedHeads, plantedLayout } from './layout.ts';

type Place = readonly [layer: number, head: number];
type Part = 'query' | 'key' | 'value';

/** A GPT-2 of two layers whose heads do what plantedHeads says, without MLPs that do anything. */
export function plantedModel(options: PlantedOptions): Model {
  const config = gpt2.parseConfig(plantedConfigJson(options), 'config.json');
  const shapes = Object.entries(checkpointShapes(gpt2, config));
  const checkpoint = Object.fromEntries(shapes.map(([name, shape]) => [name, float32(shape)]));
  plantWeights(checkpoint, plantedLayout(options), options);
  return { config, weights: weightsFrom(gpt2, config, checkpoint) };
}

/** The model's config.json. */
export function plantedConfigJson(options: PlantedOptions) {
  const { nHeads, dModel, length, vocabSize, bos } = plantedLayout(options);
  return {
    model_type: 'gpt2',
    n_layer: 2,
    n_head: nHeads,
    n_embd: dModel,
    n_inner: 1,
    n_positions: length,
    vocab_size: vocabSize,
    bos_token_id: bos,
    eos_token_id: bos,
  };
}

type Weights = Readonly<Record<string, FloatTensor>>;

function plantWeights(weights: Weights, layout: PlantedLayout, options: PlantedOptions): void {
  const { vocabSize, length, place } = layout;
  for (const id of each(vocabSize)) set(weights, 'wte.weight', id, id, 1);
  for (const position of each(length)) set(weights, 'wpe.weight', position, place(position), 1);
  for (const layer of [0, 1]) undoLayerNorm(weights, layer, layout);
  weights['ln_f.weight']?.data.fill(1);
  plantHeads(new HeadWeights(weights, layout), layout, options.strength);
  addNoise(weights, layout, options);
}

/** The stream holds two ones before layer 0 and three before layer 1, so that LayerNorm can be undone exactly. */
function undoLayerNorm(weights: Weights, layer: number, { dModel }: PlantedLayout): void {
  const mean = (layer + 2) / dModel;
  weights[`h.${layer}.ln_1.weight`]?.data.fill(Math.sqrt(mean - mean * mean + 1e-5));
  weights[`h.${layer}.ln_1.bias`]?.data.fill(mean);
}

function plantHeads(heads: HeadWeights, layout: PlantedLayout, strength: number): void {
  const { vocabSize, length, place, previous, landmarks, names, digits, sink } = layout;
  const at = plantedHeads;
  const tokens = each(vocabSize);
  // Attention k tokens back, at 0 for none.
  for (const [head, back] of [
    [at.previous, 1],
    [at.itself, 0],
    [at.fiveBack, 5],
    [at.twelveBack, 12],
    [at.place, 0],
    [at.successor, 0],
  ] as const) {
    for (const t of each(length)) {
      heads.read(head, 'query', place(t), Math.max(0, t - back), 30 * strength);
      heads.read(head, 'key', place(t), t);
    }
  }
  // Rare tokens wherever they stand, BOS where there are none.
  for (const [head, rare] of [
    [at.landmark, landmarks],
    [at.names, names],
    [at.digits, digits],
  ] as const) {
    heads.always(head, 30 * strength);
    heads.read(head, 'key', place(0), sink, 0.5);
    for (const id of rare) heads.read(head, 'key', id, sink);
  }
  // BOS as much as 40 tokens, the rest evenly.
  heads.always(at.spread, 1);
  heads.read(at.spread, 'key', place(0), sink, Math.log(40));
  // What followed the present token before, and where it was before, but not at itself.
  for (const head of [at.induction, at.duplicate]) {
    for (const id of tokens) heads.read(head, 'query', id, id, 20 * strength);
    heads.always(head, 10 * strength);
    heads.read(head, 'key', place(0), sink);
  }
  for (const id of tokens) {
    heads.read(at.induction, 'key', previous(id), id);
    heads.read(at.duplicate, 'key', id, id);
  }
  for (const t of each(length)) {
    heads.read(at.duplicate, 'query', place(t), vocabSize + t, 40 * strength);
    heads.read(at.duplicate, 'key', place(t), vocabSize + t, -1);
  }
  for (const head of Object.values(at)) for (const id of tokens) heads.read(head, 'value', id, id);
  for (const t of each(length)) heads.read(at.place, 'value', place(t), place(t));
  for (const id of tokens) heads.write(at.previous, id, previous(id));
  for (const head of [at.induction, at.duplicate, at.names]) for (const id of tokens) heads.write(head, id, id);
  for (const head of [at.successor, at.digits]) {
    for (const id of digits.slice(0, -1)) heads.write(head, id, id + 1);
  }
}

/** Sets single weights of heads. */
class HeadWeights {
  readonly #weights: Weights;
  readonly #layout: PlantedLayout;

  constructor(weights: Weights, layout: PlantedLayout) {
    this.#weights = weights;
    this.#layout = layout;
  }

  read([layer, head]: Place, part: Part, from: number, to: number, value = 1): void {
    set(this.#weights, `h.${layer}.attn.c_attn.weight`, from, this.#column(head, part) + to, value * this.#scale(part));
  }

  /** What the query has at the sink whatever the token. */
  always([layer, head]: Place, value: number): void {
    const at = this.#column(head, 'query') + this.#layout.sink;
    set(this.#weights, `h.${layer}.attn.c_attn.bias`, at, 0, value * this.#scale('query'));
  }

  write([layer, head]: Place, from: number, to: number): void {
    set(this.#weights, `h.${layer}.attn.c_proj.weight`, head * this.#layout.dHead + from, to, 1);
  }

  #column(head: number, part: Part): number {
    const { dModel, dHead } = this.#layout;
    return { query: 0, key: dModel, value: 2 * dModel }[part] + head * dHead;
  }

  /** Scores are divided by √dHead. */
  #scale(part: Part): number {
    return part === 'query' ? Math.sqrt(this.#layout.dHead) : 1;
  }
}

/** Noise on every attention weight, and random weights for the heads that do nothing of use. */
function addNoise(weights: Weights, { dModel, dHead, ownHeads }: PlantedLayout, { seed, noise }: PlantedOptions): void {
  const isOwn = (column: number) => (column % dModel) / dHead < ownHeads;
  for (const layer of [0, 1]) {
    const random = seededRandom(seed, 3, layer);
    add(weights, `h.${layer}.attn.c_attn.weight`, (column) => (isOwn(column) ? noise : 1) / Math.sqrt(dHead), random);
    add(weights, `h.${layer}.attn.c_proj.weight`, () => (0.2 * noise) / Math.sqrt(dModel), random);
  }
}

function add(weights: Weights, name: string, deviation: (column: number) => number, random: Random): void {
  const { data, shape } = tensorOf(weights, name);
  const columns = shape[1];
  for (let i = 0; i < data.length; i++) data[i] += deviation(i % columns) * randomNormal(random);
}

function set(weights: Weights, name: string, row: number, column: number, value: number): void {
  const { data, shape } = tensorOf(weights, name);
  data[row * (shape.at(1) ?? 1) + column] = value;
}

function tensorOf(weights: Weights, name: string): FloatTensor {
  const tensor = weights[name];
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor;
}
