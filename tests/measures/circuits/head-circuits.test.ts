import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import type { TokenPair } from '../../../pipeline/measures/circuits/maths/token-pairs.ts';
import { strongestKept, type TokenCircuit, TokenCircuits } from '../../../pipeline/measures/circuits/token-circuits.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { vocabularyOf } from '../../../pipeline/model/vocabulary.ts';
import { eigenvalues, modulus } from '../../../pipeline/numbers/eigenvalues.ts';
import { tinyModel } from '../../engine/pipeline-programs.ts';

const layer = 1;
const model = tinyModel();
const { nHeads, dHead, dModel, vocabSize, epsilon } = model.config;
const all = Int32Array.from({ length: vocabSize }, (_, id) => id);
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu' });
});

async function circuitsOf(of: Model, tokens: Int32Array): Promise<TokenCircuit[]> {
  const circuits = await TokenCircuits.open({ engine, model: of, tokens });
  const found = await circuits.ofLayer(layer, () => {});
  await circuits.dispose();
  return found;
}

const at = (of: Model, name: string, row: number, column = 0) => {
  const tensor = of.weights[name];
  return tensor?.data[row * (tensor.shape[1] ?? 1) + column] ?? Number.NaN;
};
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** Both token-to-token matrices of a head, written out: LayerNorm of each embedding, its bias and all others left out. */
function bruteForce(of: Model, head: number) {
  const embeddings = [...vocabularyOf(of)].map((id) => range(dModel).map((d) => at(of, 'embedding.tokens', id, d)));
  const normed = embeddings.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / dModel;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dModel;
    return row.map(
      (value, d) => ((value - mean) / Math.sqrt(variance + epsilon)) * at(of, `layers.${layer}.attention.norm.gain`, d),
    );
  });
  const through = (part: string) =>
    normed.map((row) =>
      range(dHead).map((i) =>
        dot(
          row,
          range(dModel).map((d) => at(of, `layers.${layer}.attention.${part}.weight`, d, head * dHead + i)),
        ),
      ),
    );
  const [queries, keys, values] = [through('query'), through('key'), through('value')];
  const logits = embeddings.map((token) =>
    range(dHead).map((i) =>
      dot(
        token,
        range(dModel).map((d) => at(of, `layers.${layer}.attention.output.weight`, head * dHead + i, d)),
      ),
    ),
  );
  const against = (left: number[][] = [], right: number[][] = [], scale = 1) =>
    left.map((a) => {
      const row = right.map((b) => scale * dot(a, b));
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      return row.map((value) => value - mean);
    });
  return { values, logits, writes: against(values, logits), attends: against(queries, keys, 1 / Math.sqrt(dHead)) };
}

function strongestOf(matrix: readonly number[][], tokens: ArrayLike<number>): TokenPair[] {
  const pairs = Array.from(tokens).flatMap((from) => (matrix[from] ?? []).map((value, to) => ({ from, to, value })));
  return pairs.toSorted((a, b) => b.value - a.value).slice(0, strongestKept);
}

function ownShare(matrix: readonly number[][], tokens: ArrayLike<number>): number {
  const own = Array.from(tokens).filter((id) => {
    const row = matrix[id] ?? [];
    return row.filter((value) => value > (row[id] ?? 0)).length < strongestKept;
  });
  return own.length / tokens.length;
}

describe('token circuits', () => {
  it.each([
    ['all tokens', all],
    ['a few tokens', Int32Array.of(60, 3, 17, 5, 44)],
  ])('of %s are what the whole matrices say', async (_, tokens) => {
    const found = await circuitsOf(model, tokens);
    expect(found).toHaveLength(nHeads);
    for (const [head, { writes, attends, copied, matched }] of found.entries()) {
      const whole = bruteForce(model, head);
      for (const [pairs, matrix] of [
        [writes, whole.writes],
        [attends, whole.attends],
      ] as const) {
        const expected = strongestOf(matrix, tokens);
        expect(pairs.map(({ from, to }) => [from, to])).toEqual(expected.map(({ from, to }) => [from, to]));
        pairs.forEach(({ value }, i) => expect(value).toBeCloseTo(expected[i]?.value ?? Number.NaN, 4));
      }
      expect(copied).toBeCloseTo(ownShare(whole.writes, tokens), 12);
      expect(matched).toBeCloseTo(ownShare(whole.attends, tokens), 12);
    }
  });

  it('have only what the tokenizer can name, as if the model had no other row', async () => {
    const vocabulary = all.filter((id) => id !== 3 && id < 60);
    const padded: Model = { ...model, vocabulary };
    const tokens = Int32Array.of(59, 17, 5);
    const places = tokens.map((id) => vocabulary.indexOf(id));
    for (const [head, { writes, attends, copied, copying }] of (await circuitsOf(padded, tokens)).entries()) {
      const whole = bruteForce(padded, head);
      for (const [pairs, matrix] of [
        [writes, whole.writes],
        [attends, whole.attends],
      ] as const) {
        const expected = strongestOf(matrix, places).map(({ from, to }) => [vocabulary[from], vocabulary[to]]);
        expect(pairs.map(({ from, to }) => [from, to])).toEqual(expected);
      }
      expect(copied).toBeCloseTo(ownShare(whole.writes, places), 12);
      const values = eigenvalues(whole.writes.flat(), vocabulary.length);
      const total = values.reduce((sum, value) => sum + modulus(value), 0);
      expect(copying).toBeCloseTo(values.reduce((sum, [re]) => sum + re, 0) / total, 4);
    }
  });

  it('have the copying measure of the whole matrix’s eigenvalues', async () => {
    const found = await circuitsOf(model, all);
    for (const [head, { copying }] of found.entries()) {
      const values = eigenvalues(bruteForce(model, head).writes.flat(), vocabSize);
      const total = values.reduce((sum, value) => sum + modulus(value), 0);
      expect(copying).toBeCloseTo(values.reduce((sum, [re]) => sum + re, 0) / total, 4);
    }
  });

  it('have the copying measure of the definition, with eigenvalues found another way', async () => {
    const found = await circuitsOf(model, all);
    for (const [head, { copying }] of found.entries()) {
      const { values, logits } = bruteForce(model, head);
      const centre = range(dHead).map((i) => logits.reduce((sum, row) => sum + (row[i] ?? 0), 0) / vocabSize);
      const small = range(dHead).map((i) =>
        range(dHead).map((j) =>
          values.reduce((sum, row, id) => sum + ((logits[id]?.[i] ?? 0) - (centre[i] ?? 0)) * (row[j] ?? 0), 0),
        ),
      );
      const roots = rootsOf(characteristic(small));
      const total = roots.reduce((sum, [re, im]) => sum + Math.hypot(re, im), 0);
      expect(copying).toBeCloseTo(roots.reduce((sum, [re]) => sum + re, 0) / total, 4);
    }
  });

  it('measure copying alike where a constant is added to every token’s logit', async () => {
    const head = (shift: number): Model => {
      const lifted = model.weights['embedding.tokens'];
      if (!lifted) throw new Error('the embedding is there');
      const data = lifted.data.map((value, i) => value + shift * Math.sin(i % dModel));
      const config = { ...model.config, tiedEmbedding: false };
      return { config, weights: { ...model.weights, unembedding: { ...lifted, data } } };
    };
    const [plain, shifted] = [await circuitsOf(head(0), all), await circuitsOf(head(20), all)];
    plain.forEach(({ copying }, i) => expect(shifted[i]?.copying).toBeCloseTo(copying, 3));
  });

  it('call a head that passes on what it reads a copying head, and its opposite the opposite', async () => {
    const [copying, opposite] = [await circuitsOf(identityHead(1), all), await circuitsOf(identityHead(-1), all)];
    expect(copying[0]?.copying).toBeCloseTo(1, 2);
    expect(copying[0]?.copied).toBe(1);
    expect(opposite[0]?.copying).toBeCloseTo(-1, 2);
    expect(opposite[0]?.copied).toBe(0);
  });
});

/** Coefficients of det(x − m), highest power first, by Faddeev and LeVerrier. */
function characteristic(m: number[][]): number[] {
  const coefficients = [1];
  let power = m.map((row) => row.map(() => 0));
  for (let k = 1; k <= m.length; k++) {
    const last = coefficients.at(-1) ?? 0;
    const inner = power.map((row, i) => row.map((value, j) => value + (i === j ? last : 0)));
    power = m.map((row) => inner.map((_, j) => row.reduce((sum, value, l) => sum + value * (inner[l]?.[j] ?? 0), 0)));
    coefficients.push(-power.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / k);
  }
  return coefficients;
}

/** A polynomial's complex roots, by Durand and Kerner. */
function rootsOf(coefficients: readonly number[]): [number, number][] {
  type Complex = [number, number];
  const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
  const over = (a: Complex, [c, d]: Complex): Complex => {
    const [re, im] = times(a, [c, -d]);
    return [re / (c * c + d * d), im / (c * c + d * d)];
  };
  const n = coefficients.length - 1;
  const size = Math.max(...coefficients.slice(1).map((value, i) => Math.abs(value) ** (1 / (i + 1))));
  let roots = range(n).map(
    (i): Complex => [size * Math.cos(1 + (2 * Math.PI * i) / n), size * Math.sin(1 + (2 * Math.PI * i) / n)],
  );
  for (let step = 0; step < 2000; step++) {
    roots = roots.map((root, i) => {
      const value = coefficients.reduce<Complex>(
        (sum, own) => [times(sum, root)[0] + own, times(sum, root)[1]],
        [0, 0],
      );
      const others = roots.reduce<Complex>(
        (product, other, j) => (i === j ? product : times(product, [root[0] - other[0], root[1] - other[1]])),
        [1, 0],
      );
      const [re, im] = over(value, others);
      return [root[0] - re, root[1] - im];
    });
  }
  return roots;
}

/** Head 0 reads some dimensions of an embedding that lies in them alone, and writes them back. */
function identityHead(sign: number): Model {
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  );
  const fill = (name: string, of: (row: number, column: number) => number) => {
    const tensor = weights[name];
    const columns = tensor?.shape[1] ?? 1;
    tensor?.data.forEach((_, i) => (tensor.data[i] = of(Math.floor(i / columns), i % columns)));
  };
  fill('embedding.tokens', (id, d) => (d < dHead ? Math.cos(id * (1 + d) + d * d) : 0));
  fill(`layers.${layer}.attention.norm.gain`, () => 1);
  for (const part of ['query', 'key']) fill(`layers.${layer}.attention.${part}.weight`, () => 0);
  fill(`layers.${layer}.attention.value.weight`, (d, column) => (column === d && d < dHead ? 1 : 0));
  fill(`layers.${layer}.attention.output.weight`, (row, d) => (row === d && d < dHead ? sign : 0));
  return { ...model, weights };
}
