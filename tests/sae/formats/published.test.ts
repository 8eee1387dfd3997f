import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, program } from '../../../pipeline/engine/index.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { listSaes, loadSae } from '../../../pipeline/sae/formats/sae-dir.ts';
import { inputScale } from '../../../pipeline/sae/input-normalization.ts';
import {
  encode,
  encoderConstant,
  preActivations,
  reconstruct,
  type Sae,
  saeTensors,
  saeWeights,
} from '../../../pipeline/sae/sae.ts';

const folder = join(import.meta.dirname, '../../fixtures/saes');
const tolerance = 2e-5;

/** What a format's own library, or its own rules in NumPy, make of some inputs in float64. */
interface Expected {
  readonly layer: number;
  readonly site: 'z' | 'attn_out';
  readonly x: readonly (readonly number[])[];
  readonly f: readonly (readonly number[])[];
  readonly decoded: readonly (readonly number[])[];
}

const cases: [string, Expected][] = Object.entries(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

async function load(path: string): Promise<Sae> {
  const [source, ...more] = await listSaes(join(folder, path));
  if (!source || more.length > 0) throw new Error('expected one sae');
  return loadSae(source);
}

async function run(sae: Sae, x: Expected['x']) {
  const rows = floatSpec(x.length, sae.dSae);
  const through = await engine.compile(
    program({
      name: 'sae',
      inputs: { x: floatSpec(x.length, sae.dIn) },
      outputs: { f: rows, decoded: floatSpec(x.length, sae.dIn), pre: rows, dfa: rows },
      weights: saeWeights(sae),
      body({ x: input }, weights) {
        const tensors = saeTensors(sae, weights);
        const f = encode(sae, tensors, input);
        // DFA: what wEnc reads of x, times the position's scale, and the constant.
        const read = tf.matMul(input as tf.Tensor2D, tensors.wEnc as tf.Tensor2D);
        const scale = inputScale(sae.normalization, input);
        const dfa = scale ? tf.mul(read, scale.into) : tf.mul(read, 1);
        return { f, decoded: reconstruct(sae, tensors, f, input), pre: preActivations(sae, tensors, input), dfa };
      },
    }),
  );
  const { f, decoded, pre, dfa } = await through({ x: float32([x.length, sae.dIn], Float32Array.from(x.flat())) });
  return { f: f.data, decoded: decoded.data, pre: pre.data, dfa: dfa.data };
}

/** The largest difference of two lists, as a share of the largest value. */
function difference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  const scale = Math.max(1, ...Array.from(wanted, Math.abs));
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - (found[i] ?? Number.NaN)))) / scale;
}

describe.each(cases)('the SAE %s', (path, expected) => {
  it('is found with its layer and its site', async () => {
    const sae = await load(path);
    expect(sae).toMatchObject({ layer: expected.layer, site: expected.site, dIn: 8 });
    expect(sae.dSae).toBe(expected.f[0]?.length);
  });

  it('encodes and decodes as its own library does in float64', async () => {
    const { f, decoded } = await run(await load(path), expected.x);
    expect(difference(f, expected.f.flat())).toBeLessThan(tolerance);
    expect(difference(decoded, expected.decoded.flat())).toBeLessThan(tolerance);
    expect(Array.from(f, (value) => value > 0)).toEqual(expected.f.flat().map((value) => value > 0));
  });

  it('has attributions that sum to its pre-activations, the constant with them, which are its activations', async () => {
    const sae = await load(path);
    const { f, pre, dfa } = await run(sae, expected.x);
    const constants = encoderConstant(sae).data;
    const sums = Array.from(dfa, (value, i) => value + (constants[i % sae.dSae] ?? Number.NaN));
    expect(difference(sums, pre)).toBeLessThan(tolerance);
    const active = Array.from(f.keys()).filter((i) => (f[i] ?? 0) > 0);
    expect(active.length).toBeGreaterThan(5);
    for (const i of active) expect(f[i]).toBe(pre[i]);
  });
});

it('every format is among them', () => {
  expect(new Set(cases.map(([path]) => path.split('/')[0]))).toEqual(
    new Set([
      'saelens',
      'dictionary-learning',
      'sparsify',
      'gemma-scope-2b-pt-att',
      'gemma-scope-2-1b-pt',
      'llama-scope',
    ]),
  );
  expect(cases.length).toBeGreaterThanOrEqual(30);
});
