import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type OutputsOf } from '../../pipeline/engine/index.ts';
import { type FloatTensor, float32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { copyRow } from '../../pipeline/numbers/tensor-rows.ts';
import { attributionProgram, encodeProgram, forwardProgram, placeName } from '../../pipeline/record/programs.ts';
import { centreColumns } from '../../pipeline/sae/centre-columns.ts';
import { encoderRowsOf } from '../../pipeline/sae/encoder-rows.ts';
import { encoderConstant, type Sae } from '../../pipeline/sae/sae.ts';
import { sites } from '../../pipeline/sae/site.ts';
import { tinyModel, tinySae, tinyTokens } from '../engine/pipeline-programs.ts';
import { indices } from '../engine/programs.ts';
import { equalSaes } from '../sae/equal-saes.ts';

const tolerance = 1e-5;
const length = 16;
const places = [0, 1].flatMap((layer) => sites.map((site) => ({ layer, site })));
let engine: Engine;
let states: OutputsOf<typeof forwardProgram>;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const forward = await engine.compile(forwardProgram(tinyModel(), places, { batch: 2, length }));
  states = await forward({ tokens: tinyTokens() });
});

/** One context of a tensor [batch, …]. */
function contextOf(tensor: FloatTensor, context: number) {
  const shape = tensor.shape.slice(1);
  return float32(shape, tensor.data.subarray(context * sizeOf(shape), (context + 1) * sizeOf(shape)));
}

const features = [0, 7, 39];
const positions = [3, 15, 0];

async function attribute(sae: Sae, context: number) {
  const run = await engine.compile(attributionProgram(tinyModel(), sae, length, features.length));
  const rows = encoderRowsOf(sae);
  const encoder = float32([features.length, sae.dIn]);
  for (const [i, feature] of features.entries()) copyRow(rows, feature, encoder, i);
  const inputs = { encoder, positions: indices(positions) };
  const { pattern, value } = states.layers[sae.layer];
  return run({
    ...inputs,
    pattern: contextOf(pattern, context),
    value: contextOf(value, context),
  });
}

/** Pre-activations of one context, from a ReLU that cannot cut: bEnc raised far above 0, and taken off again. */
async function preActivations(sae: Sae, context: number): Promise<number[]> {
  const lift = 1000;
  const lifted = {
    ...sae,
    bEnc: float32(
      [sae.dSae],
      sae.bEnc.data.map((value) => value + lift),
    ),
  };
  const x = states.places[placeName(sae)];
  const { f } = await (await engine.compile(encodeProgram(lifted, 2 * length)))({ x });
  return features.map(
    (feature, i) => Number(f?.data[(context * length + (positions[i] ?? 0)) * sae.dSae + feature]) - lift,
  );
}

function centred(sae: Sae): Sae {
  const wEnc = float32(sae.wEnc.shape, sae.wEnc.data.slice());
  centreColumns(wEnc);
  return { ...sae, wEnc };
}

function expectClose(actual: ArrayLike<number> | undefined, wanted: ArrayLike<number> | undefined): void {
  const all = Array.from(wanted ?? []);
  expect(actual).toHaveLength(all.length);
  expect(all.length).toBeGreaterThan(0);
  all.forEach((value, i) => {
    expect(Math.abs((actual?.[i] ?? Number.NaN) - value)).toBeLessThan(tolerance * 100);
  });
}

describe.each([0, 1])('direct feature attribution in layer %i', (layer) => {
  const variants: [string, Sae][] = [
    ['that subtracts its decoder bias', tinySae(layer)],
    ['that does not', { ...tinySae(layer), subtractDecoderBias: false }],
    ['that scales z to one length', { ...tinySae(layer), normalization: 'constant_norm_rescale' }],
    ['that divides z by its deviation', { ...centred(tinySae(layer)), normalization: 'layer_norm' }],
    ['of the attention output', equalSaes(tinyModel(), layer, 40).output],
    [
      'of the attention output that does not subtract it',
      { ...equalSaes(tinyModel(), layer, 40).output, subtractDecoderBias: false },
    ],
    [
      'of the attention output that scales it to one length',
      { ...equalSaes(tinyModel(), layer, 40).output, normalization: 'constant_norm_rescale' },
    ],
    [
      'of the attention output that divides it by its deviation',
      { ...centred(equalSaes(tinyModel(), layer, 40).output), normalization: 'layer_norm' },
    ],
  ];

  it.each(variants)('and the constant sum to the pre-activation of an SAE %s', async (_name, sae) => {
    for (const context of [0, 1]) {
      const { bySource, byHead, outputBias } = await attribute(sae, context);
      const wanted = await preActivations(sae, context);
      const constants = encoderConstant(sae).data;
      for (const [i, feature] of features.entries()) {
        const constant = (constants[feature] ?? 0) + Number(outputBias?.data[i]);
        const sum = (data: ArrayLike<number> | undefined, width: number) =>
          Array.from({ length: width }, (_, at) => Number(data?.[i * width + at])).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum(bySource?.data, length) + constant - (wanted[i] ?? 0))).toBeLessThan(1e-3);
        expect(Math.abs(sum(byHead?.data, 4) - sum(bySource?.data, length))).toBeLessThan(tolerance * 100);
      }
    }
  });

  it('is that of an equal SAE of z where an SAE reads the attention output, b_O a term of its own', async () => {
    const { z, output } = equalSaes(tinyModel(), layer, 40);
    const [before, after] = [await attribute(z, 1), await attribute(output, 1)];
    for (const name of ['bySource', 'byHead'] as const) expectClose(after[name]?.data, before[name]?.data);
    const [constants, own] = [encoderConstant(z).data, encoderConstant(output).data];
    const biases = features.map((feature) => (constants[feature] ?? 0) - (own[feature] ?? 0));
    expect(Math.max(...biases.map(Math.abs))).toBeGreaterThan(0.1);
    expectClose(after.outputBias?.data, biases);
    expect([...(before.outputBias?.data ?? [])]).toEqual([0, 0, 0]);
  });

  it('is zero at sources after the destination', async () => {
    const { bySource } = await attribute(tinySae(layer), 0);
    for (const [i, position] of positions.entries()) {
      const after = bySource?.data.subarray(i * length + position + 1, (i + 1) * length) ?? [];
      expect([...after].every((value) => value === 0)).toBe(true);
    }
  });
});
