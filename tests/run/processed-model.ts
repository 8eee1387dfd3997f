import { type FloatTensor, sizeOf } from '../../pipeline/numbers/tensor.ts';

/** Rows of numbers; everything here is float64 and plain loops, so that it shares nothing with what it checks. */
export type Matrix = number[][];

export interface Block {
  readonly gain: number[];
  readonly beta: number[];
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly queryBias: number[];
  readonly keyBias: number[];
  readonly valueBias: number[];
  readonly output: Matrix;
  readonly outputBias: number[];
  readonly gain2: number[];
  readonly beta2: number[];
  readonly up: Matrix;
  readonly upBias: number[];
  readonly down: Matrix;
  readonly downBias: number[];
}

export interface PlainModel {
  readonly nHeads: number;
  readonly embedding: Matrix;
  readonly positions: Matrix;
  readonly blocks: readonly Block[];
  readonly finalGain: number[];
  readonly finalBeta: number[];
}

export interface LayerTrace {
  /** [head][t][s] */
  readonly pattern: readonly Matrix[];
  /** [s][nHeads·dHead] */
  readonly value: Matrix;
  /** [t][nHeads·dHead] */
  readonly z: Matrix;
}

type EditZ = (layer: number, z: Matrix) => Matrix;

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
export const add = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + (b[i] ?? 0));
export const subtract = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x - (b[i] ?? 0));
const columns = (m: Matrix): Matrix => (m[0] ?? []).map((_, j) => m.map((row) => row[j] ?? 0));
export const times = (x: readonly number[], m: Matrix): number[] => columns(m).map((column) => dot(x, column));
const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

export function matrixOf({ shape, data }: FloatTensor): Matrix {
  const [, width = sizeOf(shape)] = shape;
  return Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
}

/** A checkpoint by Hugging Face's names, its fused projection split. */
export function plainModel(
  weights: Readonly<Record<string, FloatTensor>>,
  nLayers: number,
  nHeads: number,
): PlainModel {
  const matrix = (name: string) =>
    matrixOf(weights[name] ?? { shape: [0], dtype: 'float32', data: new Float32Array() });
  const vector = (name: string) => matrix(name)[0] ?? [];
  const third = (rows: Matrix, part: number) =>
    rows.map((row) => row.slice((part * row.length) / 3, ((part + 1) * row.length) / 3));
  const blocks = Array.from({ length: nLayers }, (_, layer): Block => {
    const p = `h.${layer}`;
    const [fused, bias] = [matrix(`${p}.attn.c_attn.weight`), matrix(`${p}.attn.c_attn.bias`)];
    const [queryBias = [], keyBias = [], valueBias = []] = [0, 1, 2].map((part) => third(bias, part)[0] ?? []);
    return {
      ...{ gain: vector(`${p}.ln_1.weight`), beta: vector(`${p}.ln_1.bias`) },
      ...{ query: third(fused, 0), key: third(fused, 1), value: third(fused, 2), queryBias, keyBias, valueBias },
      ...{ output: matrix(`${p}.attn.c_proj.weight`), outputBias: vector(`${p}.attn.c_proj.bias`) },
      ...{ gain2: vector(`${p}.ln_2.weight`), beta2: vector(`${p}.ln_2.bias`) },
      ...{ up: matrix(`${p}.mlp.c_fc.weight`), upBias: vector(`${p}.mlp.c_fc.bias`) },
      ...{ down: matrix(`${p}.mlp.c_proj.weight`), downBias: vector(`${p}.mlp.c_proj.bias`) },
    };
  });
  const [embedding, positions] = [matrix('wte.weight'), matrix('wpe.weight')];
  return { nHeads, embedding, positions, blocks, finalGain: vector('ln_f.weight'), finalBeta: vector('ln_f.bias') };
}

/** LayerNorm's gain and bias into the projections behind it, as fold_ln does: gain 1 and bias 0 stay. */
export function foldNorm(block: Block): Block {
  const scaled = (m: Matrix) => m.map((row, d) => row.map((value) => value * (block.gain[d] ?? 0)));
  return {
    ...block,
    ...{ gain: block.gain.map(() => 1), beta: block.beta.map(() => 0) },
    ...{ query: scaled(block.query), queryBias: add(block.queryBias, times(block.beta, block.query)) },
    ...{ key: scaled(block.key), keyBias: add(block.keyBias, times(block.beta, block.key)) },
    ...{ value: scaled(block.value), valueBias: add(block.valueBias, times(block.beta, block.value)) },
  };
}

/** The value bias through W_O into b_O, as fold_value_biases does. */
export function foldValueBias(block: Block): Block {
  const outputBias = add(block.outputBias, times(block.valueBias, block.output));
  return { ...block, outputBias, valueBias: block.valueBias.map(() => 0) };
}

/** One context through the model: each layer's attention, and the logits at every position. */
export function forward(model: PlainModel, tokens: readonly number[], edit: EditZ = (_, z) => z) {
  let stream: Matrix = tokens.map((id, t) => add(model.embedding[id] ?? [], model.positions[t] ?? []));
  const layers: LayerTrace[] = [];
  for (const [layer, block] of model.blocks.entries()) {
    const trace = attend(block, stream, model.nHeads);
    layers.push(trace);
    stream = edit(layer, trace.z).map((z, t) => add(add(times(z, block.output), block.outputBias), stream[t] ?? []));
    stream = stream.map((x) => {
      const hidden = add(times(norm(x, block.gain2, block.beta2), block.up), block.upBias).map(gelu);
      return add(x, add(times(hidden, block.down), block.downBias));
    });
  }
  const logits = stream.map((x) => {
    const normed = norm(x, model.finalGain, model.finalBeta);
    return model.embedding.map((row) => dot(normed, row));
  });
  return { layers, logits };
}

function attend(block: Block, stream: Matrix, nHeads: number): LayerTrace {
  const normed = stream.map((x) => norm(x, block.gain, block.beta));
  const project = (m: Matrix, bias: readonly number[]) => normed.map((x) => add(times(x, m), bias));
  const query = project(block.query, block.queryBias);
  const key = project(block.key, block.keyBias);
  const value = project(block.value, block.valueBias);
  const dHead = (value[0]?.length ?? 0) / nHeads;
  const slice = (x: readonly number[] | undefined, h: number) => (x ?? []).slice(h * dHead, (h + 1) * dHead);
  const pattern = Array.from({ length: nHeads }, (_, h) =>
    query.map((q, t) => softmax(key.slice(0, t + 1).map((k) => dot(slice(q, h), slice(k, h)) / Math.sqrt(dHead)))),
  );
  const z = stream.map((_, t) =>
    pattern.flatMap((rows, h) => {
      const mixed = new Array<number>(dHead).fill(0);
      (rows[t] ?? []).forEach((weight, s) => {
        slice(value[s], h).forEach((v, d) => {
          mixed[d] = (mixed[d] ?? 0) + weight * v;
        });
      });
      return mixed;
    }),
  );
  return { pattern, value, z };
}

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function norm(x: readonly number[], gain: readonly number[], beta: readonly number[]): number[] {
  const centre = mean(x);
  const deviation = Math.sqrt(mean(x.map((value) => (value - centre) ** 2)) + 1e-5);
  return x.map((value, i) => ((value - centre) / deviation) * (gain[i] ?? 0) + (beta[i] ?? 0));
}

const gelu = (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Mean cross-entropy of the next token, positions 0 … n − 2. */
export function crossEntropy(logits: Matrix, tokens: readonly number[]): number {
  const losses = logits.slice(0, -1).map((row, t) => {
    const largest = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    return largest + Math.log(total) - (row[tokens[t + 1] ?? 0] ?? 0);
  });
  return mean(losses);
}
