/**
 * A transformer with RMSNorm, rotary positions, shared key-value heads and a gated MLP, in float64 and plain loops. It
 * shares no code with the pipeline, and takes matrices as PyTorch stores them: [dOut][dIn].
 */
export interface PlainLlama {
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly epsilon: number;
  /** The first `dims` dimensions of each query and key are turned; `base` is θ. */
  readonly rotary: { readonly dims: number; readonly base: number; readonly pairs: 'halves' | 'neighbours' };
  readonly activation: (x: number) => number;
  readonly embedding: Matrix;
  readonly layers: readonly PlainLayer[];
  readonly finalGain: Vector;
  readonly unembedding: Matrix;
}

export interface PlainLayer {
  readonly attentionGain: Vector;
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly output: Matrix;
  readonly mlpGain: Vector;
  readonly gate: Matrix;
  readonly up: Matrix;
  readonly down: Matrix;
}

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

export interface PlainPass {
  readonly layers: readonly {
    /** [head][t][s] */
    readonly pattern: readonly Matrix[];
    /** Before the softmax: [head][t][s], s ≤ t. */
    readonly scores: readonly Matrix[];
    /** [head][s][dHead], each group's repeated for the heads that read it. */
    readonly value: readonly Matrix[];
    /** [t][nHeads·dHead] */
    readonly z: Matrix;
  }[];
  /** [t][vocabSize] */
  readonly logits: Matrix;
}

export const silu = (x: number): number => x / (1 + Math.exp(-x));

export function plainForward(model: PlainLlama, tokens: readonly number[]): PlainPass {
  let stream: Matrix = tokens.map((id) => model.embedding[id] ?? []);
  const layers = model.layers.map((layer) => {
    const normed = stream.map((x) => rmsNorm(x, layer.attentionGain, model.epsilon));
    const attention = attend(model, layer, normed);
    stream = stream.map((x, t) => plus(x, times(layer.output, attention.z[t] ?? [])));
    stream = stream.map((x) => plus(x, mlp(model, layer, rmsNorm(x, layer.mlpGain, model.epsilon))));
    return attention;
  });
  const last = stream.map((x) => rmsNorm(x, model.finalGain, model.epsilon));
  return { layers, logits: last.map((x) => times(model.unembedding, x)) };
}

function attend(model: PlainLlama, layer: PlainLayer, normed: Matrix) {
  const dHead = layer.query.length / model.nHeads;
  const heads = range(model.nHeads).map((head) => {
    const group = Math.floor(head / (model.nHeads / model.nKvHeads));
    const rows = (matrix: Matrix, of: number) => matrix.slice(of * dHead, (of + 1) * dHead);
    const query = normed.map((x, t) => rotate(model, times(rows(layer.query, head), x), t));
    const key = normed.map((x, s) => rotate(model, times(rows(layer.key, group), x), s));
    const value = normed.map((x) => times(rows(layer.value, group), x));
    const scores = query.map((q, t) => key.slice(0, t + 1).map((k) => dot(q, k) / Math.sqrt(dHead)));
    const pattern = scores.map((row) => [...softmax(row), ...normed.slice(row.length).map(() => 0)]);
    const z = pattern.map((row) =>
      range(dHead).map((d) =>
        dot(
          row,
          value.map((v) => at(v, d)),
        ),
      ),
    );
    return { scores, pattern, value, z };
  });
  return {
    scores: heads.map(({ scores }) => scores),
    pattern: heads.map(({ pattern }) => pattern),
    value: heads.map(({ value }) => value),
    z: normed.map((_, t) => heads.flatMap(({ z }) => z[t] ?? [])),
  };
}

/** One query or key at a position: each pair of dimensions, as a complex number, times e^(i·position·θ^(−2p/dims)). */
function rotate({ rotary: { dims, base, pairs } }: PlainLlama, x: Vector, position: number): Vector {
  const turned = [...x];
  for (const pair of range(dims / 2)) {
    const angle = position / base ** ((2 * pair) / dims);
    const [a, b] = pairs === 'halves' ? [pair, pair + dims / 2] : [2 * pair, 2 * pair + 1];
    turned[a] = at(x, a) * Math.cos(angle) - at(x, b) * Math.sin(angle);
    turned[b] = at(x, a) * Math.sin(angle) + at(x, b) * Math.cos(angle);
  }
  return turned;
}

function mlp({ activation }: PlainLlama, { gate, up, down }: PlainLayer, x: Vector): Vector {
  const opened = times(gate, x).map(activation);
  return times(
    down,
    times(up, x).map((value, i) => value * at(opened, i)),
  );
}

function rmsNorm(x: Vector, gain: Vector, epsilon: number): Vector {
  const root = Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, d) => (value / root) * at(gain, d));
}

function softmax(scores: Vector): Vector {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const at = (x: Vector, i: number): number => x[i] ?? Number.NaN;
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * at(b, i), 0);
const plus = (a: Vector, b: Vector): Vector => a.map((value, i) => value + at(b, i));
/** W·x of W [dOut][dIn]. */
const times = (matrix: Matrix, x: Vector): Vector => matrix.map((row) => dot(row, x));
