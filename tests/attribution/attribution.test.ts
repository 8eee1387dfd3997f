import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type HostTensors } from '../../pipeline/engine/index.ts';
import { float32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { attributionProgram, encodeProgram, forwardProgram } from '../../pipeline/record/programs.ts';
import { centreColumns } from '../../pipeline/sae/centre-columns.ts';
import { encoderConstant, type Sae } from '../../pipeline/sae/sae.ts';
import { pipelinePrograms, tinyModel, tinySae } from '../engine/pipeline-programs.ts';
import { indices } from '../engine/programs.ts';

const tolerance = 1e-5;
const length = 16;
let engine: Engine;
let states: HostTensors;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const forward = await engine.compile(forwardProgram(tinyModel(), [0, 1], 2, length));
  states = await forward.run(pipelinePrograms()[0]?.inputs ?? {});
});

/** One context of a tensor [batch, …]. */
function contextOf(name: string, context: number) {
  const tensor = states[name];
  if (!tensor || !(tensor.data instanceof Float32Array)) throw new Error(`no ${name}`);
  const shape = tensor.shape.slice(1);
  return float32(shape, tensor.data.subarray(context * sizeOf(shape), (context + 1) * sizeOf(shape)));
}

const features = [0, 7, 39];
const positions = [3, 15, 0];

async function attribute(sae: Sae, context: number) {
  const program = await engine.compile(attributionProgram(sae, 4, length, features.length));
  const inputs = { features: indices(features), positions: indices(positions) };
  return program.run({
    ...inputs,
    pattern: contextOf(`pattern.${sae.layer}`, context),
    value: contextOf(`value.${sae.layer}`, context),
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
  const z = states[`z.${sae.layer}`];
  if (!z) throw new Error('no z');
  const { f } = await (await engine.compile(encodeProgram(lifted, 2 * length))).run({ z });
  return features.map(
    (feature, i) => Number(f?.data[(context * length + (positions[i] ?? 0)) * sae.dSae + feature]) - lift,
  );
}

function centred(sae: Sae): Sae {
  const wEnc = float32(sae.wEnc.shape, sae.wEnc.data.slice());
  centreColumns(wEnc);
  return { ...sae, wEnc };
}

describe.each([0, 1])('direct feature attribution in layer %i', (layer) => {
  const variants: [string, Sae][] = [
    ['that subtracts its decoder bias', tinySae(layer)],
    ['that does not', { ...tinySae(layer), subtractDecoderBias: false }],
    ['that scales z to one length', { ...tinySae(layer), normalization: 'constant_norm_rescale' }],
    ['that divides z by its deviation', { ...centred(tinySae(layer)), normalization: 'layer_norm' }],
  ];

  it.each(variants)('and the constant sum to the pre-activation of an SAE %s', async (_name, sae) => {
    for (const context of [0, 1]) {
      const { bySource, byHead } = await attribute(sae, context);
      const wanted = await preActivations(sae, context);
      const constants = encoderConstant(sae).data;
      for (const [i, feature] of features.entries()) {
        const constant = constants[feature] ?? 0;
        const sum = (data: ArrayLike<number> | undefined, width: number) =>
          Array.from({ length: width }, (_, at) => Number(data?.[i * width + at])).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum(bySource?.data, length) + constant - (wanted[i] ?? 0))).toBeLessThan(1e-3);
        expect(Math.abs(sum(byHead?.data, 4) - sum(bySource?.data, length))).toBeLessThan(tolerance * 100);
      }
    }
  });

  it('is zero at sources after the destination', async () => {
    const { bySource } = await attribute(tinySae(layer), 0);
    for (const [i, position] of positions.entries()) {
      const after = bySource?.data.subarray(i * length + position + 1, (i + 1) * length) ?? [];
      expect([...after].every((value) => value === 0)).toBe(true);
    }
  });
});
