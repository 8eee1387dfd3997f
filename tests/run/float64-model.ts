import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers of a GPT-2 and its SAEs in float64, by plain loops that share no code with the pipeline. */
export interface Float64Model {
  readonly layers: number;
  readonly heads: number;
  readonly dModel: number;
  readonly dSae: number;
  /** Runs a context; `edit` may change z [position, dModel] of a layer in place. */
  run(tokens: ArrayLike<number>, edit?: (layer: number, z: Float64Array) => void): Float64Pass;
  /** Feature activations at a position of z. */
  features(layer: number, z: Float64Array, position: number): Float64Array;
  /** Replaces z by its reconstruction, at every position. */
  reconstruct(layer: number, z: Float64Array): void;
}

export interface Float64Pass {
  /** By layer: [position, dModel]. */
  readonly z: readonly Float64Array[];
  /** By layer and head: [t, s]. */
  readonly pattern: readonly (readonly Float64Array[])[];
  /** Σ of next-token cross-entropies, in nats. */
  readonly loss: number;
}

const maxLayers = 8;

export function float64Model(folder: string, nHeads: number): Float64Model {
  const weights = readSafetensors(join(folder, 'model/model.safetensors'));
  const w = (name: string) => tensorOf(weights, name);
  const layers = Array.from({ length: maxLayers }, (_, l) => l).filter((l) => weights.has(`h.${l}.ln_1.weight`)).length;
  const saes = Array.from({ length: layers }, (_, l) =>
    readSafetensors(join(folder, `saes/blocks.${l}.hook_z/sae_weights.safetensors`)),
  );
  const sae = (layer: number, name: string) => tensorOf(saes[layer] ?? new Map(), name);
  const dModel = w('h.0.ln_1.weight').length;
  const dSae = sae(0, 'b_enc').length;
  const dHead = dModel / nHeads;

  function features(layer: number, z: Float64Array, position: number): Float64Array {
    const [wEnc, bEnc, bDec] = [sae(layer, 'W_enc'), sae(layer, 'b_enc'), sae(layer, 'b_dec')];
    const f = Float64Array.from(bEnc);
    for (let d = 0; d < dModel; d++) {
      const x = z[position * dModel + d] - bDec[d];
      for (let i = 0; i < dSae; i++) f[i] += x * wEnc[d * dSae + i];
    }
    return f.map((value) => Math.max(0, value));
  }

  return {
    ...{ layers, heads: nHeads, dModel, dSae, features },
    reconstruct(layer, z) {
      const [wDec, bDec] = [sae(layer, 'W_dec'), sae(layer, 'b_dec')];
      for (let t = 0; t < z.length / dModel; t++) {
        const f = features(layer, z, t);
        for (let d = 0; d < dModel; d++) {
          z[t * dModel + d] = f.reduce((sum, value, i) => sum + value * wDec[i * dModel + d], bDec[d]);
        }
      }
    },
    run(tokens, edit = () => {}) {
      const length = tokens.length;
      let x = new Float64Array(length * dModel);
      const [wte, wpe] = [w('wte.weight'), w('wpe.weight')];
      for (let t = 0; t < length; t++)
        for (let d = 0; d < dModel; d++) x[t * dModel + d] = wte[tokens[t] * dModel + d] + wpe[t * dModel + d];
      const zs: Float64Array[] = [];
      const patterns: Float64Array[][] = [];
      for (let l = 0; l < layers; l++) {
        const own = (name: string) => w(`h.${l}.${name}`);
        const normed = layerNorm(x, own('ln_1.weight'), own('ln_1.bias'));
        const qkv = linear(normed, own('attn.c_attn.weight'), own('attn.c_attn.bias'), dModel);
        const at = (part: number, t: number, head: number, d: number) =>
          qkv[t * 3 * dModel + part * dModel + head * dHead + d];
        const z = new Float64Array(length * dModel);
        patterns.push(
          Array.from({ length: nHeads }, (_, head) => {
            const pattern = new Float64Array(length * length);
            for (let t = 0; t < length; t++) {
              const scores = Array.from({ length: t + 1 }, (_, s) => {
                let score = 0;
                for (let d = 0; d < dHead; d++) score += at(0, t, head, d) * at(1, s, head, d);
                return score / Math.sqrt(dHead);
              });
              const shares = softmax(scores);
              for (let s = 0; s <= t; s++) {
                pattern[t * length + s] = shares[s];
                for (let d = 0; d < dHead; d++) z[t * dModel + head * dHead + d] += shares[s] * at(2, s, head, d);
              }
            }
            return pattern;
          }),
        );
        edit(l, z);
        zs.push(z);
        x = plus(x, linear(z, own('attn.c_proj.weight'), own('attn.c_proj.bias'), dModel));
        const second = layerNorm(x, own('ln_2.weight'), own('ln_2.bias'));
        const hidden = linear(second, own('mlp.c_fc.weight'), own('mlp.c_fc.bias'), dModel).map(gelu);
        x = plus(x, linear(hidden, own('mlp.c_proj.weight'), own('mlp.c_proj.bias'), 4 * dModel));
      }
      const last = layerNorm(x, w('ln_f.weight'), w('ln_f.bias'));
      let loss = 0;
      for (let t = 0; t + 1 < length; t++) {
        const logits = Array.from({ length: wte.length / dModel }, (_, id) => {
          let logit = 0;
          for (let d = 0; d < dModel; d++) logit += last[t * dModel + d] * wte[id * dModel + d];
          return logit;
        });
        loss -= Math.log(softmax(logits)[tokens[t + 1]]);
      }
      return { z: zs, pattern: patterns, loss };
    },
  };
}

/** W_O of a layer [nHeads·dHead, dModel], head-major. */
export const outputWeights = (folder: string, layer: number): Float64Array =>
  tensorOf(readSafetensors(join(folder, 'model/model.safetensors')), `h.${layer}.attn.c_proj.weight`);

function readSafetensors(path: string): ReadonlyMap<string, Float64Array> {
  const bytes = readFileSync(path);
  const size = Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(bytes.toString('utf8', 8, 8 + size));
  return new Map(
    Object.entries(header).map(([name, { data_offsets }]) => {
      const [from, to] = data_offsets.map((offset) => 8 + size + offset);
      return [name, Float64Array.from({ length: (to - from) / 4 }, (_, i) => bytes.readFloatLE(from + 4 * i))];
    }),
  );
}

function tensorOf(tensors: ReadonlyMap<string, Float64Array>, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor;
}

/** x [t, dIn]·w [dIn, dOut] + b. */
function linear(x: Float64Array, w: Float64Array, b: Float64Array, dIn: number): Float64Array {
  const out = new Float64Array((x.length / dIn) * b.length);
  for (let t = 0; t < x.length / dIn; t++) {
    out.set(b, t * b.length);
    for (let i = 0; i < dIn; i++)
      for (let o = 0; o < b.length; o++) out[t * b.length + o] += x[t * dIn + i] * w[i * b.length + o];
  }
  return out;
}

function layerNorm(x: Float64Array, gain: Float64Array, bias: Float64Array): Float64Array {
  const d = gain.length;
  const out = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += d) {
    const row = x.subarray(at, at + d);
    const mean = row.reduce((sum, value) => sum + value, 0) / d;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / d;
    for (let i = 0; i < d; i++) out[at + i] = ((row[i] - mean) / Math.sqrt(variance + 1e-5)) * gain[i] + bias[i];
  }
  return out;
}

function softmax(scores: readonly number[]): number[] {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const plus = (a: Float64Array, b: Float64Array) => a.map((value, i) => value + b[i]);
const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
