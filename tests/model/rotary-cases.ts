import { llama } from '../../pipeline/model/families/llama.ts';
import { checkpointShapes, type Family, weightsFrom } from '../../pipeline/model/family.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { type Matrix, type PlainLayer, type PlainLlama, silu, type Vector } from './plain-llama.ts';
import { toy, toyJson } from './toy-family.ts';

/** A random model, and the same checkpoint read by hand for the plain forward pass. */
export interface RotaryCase {
  readonly name: string;
  readonly model: Model;
  readonly plain: PlainLlama;
}

type Checkpoint = Readonly<Record<string, FloatTensor>>;

/** Every tensor of a family's checkpoint, random multiples of 1/256, which float16 holds; gains are around 1. */
export function randomCheckpoint(family: Family, json: object, seed = 3): Record<string, FloatTensor> {
  const random = seededRandom(seed);
  const tensors = Object.entries(checkpointShapes(family, family.parseConfig(json, 'config.json')));
  return Object.fromEntries(
    tensors.map(([name, shape]) => {
      const gain = shape.length === 1 ? 1 : 0;
      return [
        name,
        float32(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, () => gain + Math.round((random() - 0.5) * 256) / 256),
        ),
      ];
    }),
  );
}

const llamaJson = {
  ...{ num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 6, hidden_size: 20 },
  ...{ intermediate_size: 18, max_position_embeddings: 64, vocab_size: 40, rms_norm_eps: 1e-5, rope_theta: 100 },
};

export function rotaryCases(): RotaryCase[] {
  return [caseOf(llama, llamaJson, plainOfLlama), caseOf(toy, toyJson, plainOfToy)];
}

function caseOf(family: Family, json: object, plain: (checkpoint: Checkpoint) => PlainLlama): RotaryCase {
  const checkpoint = randomCheckpoint(family, json);
  const config = family.parseConfig(json, 'config.json');
  return {
    name: family.modelType,
    model: { config, weights: weightsFrom(family, config, checkpoint) },
    plain: plain(checkpoint),
  };
}

function plainOfLlama(checkpoint: Checkpoint): PlainLlama {
  const layer = (index: number): PlainLayer => {
    const own = (name: string) => matrix(checkpoint, `layers.${index}.${name}.weight`);
    const gain = (name: string) => vector(checkpoint, `layers.${index}.${name}.weight`);
    return {
      ...{ attentionGain: gain('input_layernorm'), mlpGain: gain('post_attention_layernorm') },
      ...{ query: own('self_attn.q_proj'), key: own('self_attn.k_proj'), value: own('self_attn.v_proj') },
      ...{ output: own('self_attn.o_proj'), gate: own('mlp.gate_proj'), up: own('mlp.up_proj') },
      down: own('mlp.down_proj'),
    };
  };
  return {
    ...{ nHeads: 4, nKvHeads: 2, epsilon: 1e-5, activation: silu },
    rotary: { dims: 6, base: 100, pairs: 'halves' },
    embedding: matrix(checkpoint, 'embed_tokens.weight'),
    layers: [0, 1].map(layer),
    finalGain: vector(checkpoint, 'norm.weight'),
    unembedding: matrix(checkpoint, 'lm_head.weight'),
  };
}

/** The toy's: of its fused projection the first 12 rows are keys, the other 12 values. */
export function plainOfToy(checkpoint: Checkpoint): PlainLlama {
  const layer = (index: number): PlainLayer => {
    const own = (name: string) => matrix(checkpoint, `block_${index}/${name}`);
    const gain = (name: string) => vector(checkpoint, `block_${index}/${name}`);
    const offer = own('look.offer');
    return {
      ...{ attentionGain: gain('look.gain'), mlpGain: gain('think.gain') },
      ...{ query: own('look.ask'), key: offer.slice(0, 12), value: offer.slice(12), output: own('look.write') },
      ...{ gate: own('think.gate'), up: own('think.read'), down: own('think.write') },
    };
  };
  return {
    ...{ nHeads: 4, nKvHeads: 2, epsilon: 1e-6, activation: gelu },
    rotary: { dims: 4, base: 100, pairs: 'neighbours' },
    embedding: matrix(checkpoint, 'words'),
    layers: [0, 1, 2].map(layer),
    finalGain: vector(checkpoint, 'last.gain'),
    unembedding: matrix(checkpoint, 'answers'),
  };
}

/** x·Φ(x), Φ by the series of erf, which is exact to float64 for the small numbers here. */
function gelu(x: number): number {
  let [term, erf] = [x / Math.SQRT2, 0];
  for (let n = 0; n < 200; n++) {
    erf += term / (2 * n + 1);
    term *= -(x * x) / 2 / (n + 1);
  }
  return (x / 2) * (1 + (2 / Math.sqrt(Math.PI)) * erf);
}

function matrix(checkpoint: Checkpoint, name: string): Matrix {
  const { data, shape } = tensor(checkpoint, name);
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}

const vector = (checkpoint: Checkpoint, name: string): Vector => [...tensor(checkpoint, name).data];

function tensor(checkpoint: Checkpoint, name: string): FloatTensor {
  const found = checkpoint[name];
  if (!found) throw new Error(`no tensor ${name}`);
  return found;
}
