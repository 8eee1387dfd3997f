import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelineFlops } from '../../bench/flops.ts';
import { type RandomCase, randomCase } from '../../bench/random-case.ts';
import type { Shape } from '../../bench/shape.ts';
import {
  createEngine,
  type Engine,
  type HostTensors,
  type OnHost,
  type Program,
  type Specs,
} from '../../pipeline/engine/index.ts';
import { vocabularySlices } from '../../pipeline/measures/logits/maths/vocabulary-slices.ts';
import { logitEffectsProgram } from '../../pipeline/measures/logits/programs.ts';
import { vocabularyOf } from '../../pipeline/model/vocabulary.ts';
import { float32, int32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { attributionProgram, encodeProgram, forwardProgram } from '../../pipeline/record/programs.ts';

const shape: Shape = {
  name: 'tiny',
  nLayers: 1,
  dModel: 2,
  nHeads: 1,
  dSae: 5,
  contexts: 1,
  length: 3,
  vocabSize: 7,
};

describe('the operations of a pipeline', () => {
  it('are two for each multiplication', () => {
    expect(pipelineFlops(shape, 4)).toEqual({
      forward: 3 * (3 * (2 * 2 * 2) + 2 * (2 * 3 * 2)),
      encode: 3 * (2 * 2 * 5),
      attribution: 4 * (2 * 3 * 2),
      logitEffects: 5 * (2 * 2 * 2 + 2 * 2 * 7),
      total: 144 + 60 + 48 + 180,
    });
  });

  describe('are those of the matrix products that the stages run', () => {
    const larger: Shape = { ...shape, nLayers: 3, dModel: 8, nHeads: 2, dSae: 12, contexts: 16, vocabSize: 20 };
    const expected = pipelineFlops(larger, 5);
    let engine: Engine;
    let benchCase: RandomCase;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'atlas-flops-'));
      engine = await createEngine({ backend: 'tfjs-cpu' });
      benchCase = await randomCase(larger, engine, folder);
    });
    afterAll(async () => {
      await benchCase.contexts.close();
      await rm(folder, { recursive: true });
    });

    it('in the forward pass', async () => {
      const { model, contexts } = benchCase;
      const tokens = int32([16, 3], await contexts.read(0, 16));
      expect(
        await multiplied(engine, forwardProgram(model, [{ layer: 2, site: 'z' }], { batch: 16, length: 3 }), {
          tokens,
        }),
      ).toBe(expected.forward);
    });

    it('in the encoding', async () => {
      const x = float32([48, 8]);
      expect(await multiplied(engine, encodeProgram(benchCase.sae, 48), { x })).toBe(expected.encode);
    });

    it('in the attribution', async () => {
      const inputs = {
        pattern: float32([2, 3, 3]),
        value: float32([2, 3, 4]),
        encoder: float32([5, 8]),
        positions: int32([5]),
      };
      const { model, sae } = benchCase;
      expect(await multiplied(engine, attributionProgram(model, sae, 3, 5), inputs)).toBe(expected.attribution);
    });

    it('in the logit effects', async () => {
      const { model, sae } = benchCase;
      const slices = vocabularySlices(model.config.vocabSize, vocabularyOf(model), 3);
      const inputs = { decoderRows: float32([12, 8]) };
      expect(await multiplied(engine, logitEffectsProgram(model, sae, 12, slices), inputs)).toBe(expected.logitEffects);
    });
  });
});

/** Operations of the matrix products that a program runs on tfjs, from the shapes tfjs saw. */
async function multiplied<I extends Specs, O extends Specs, W extends HostTensors>(
  engine: Engine,
  program: Program<I, O, W>,
  inputs: OnHost<I>,
): Promise<number> {
  const run = await engine.compile(program);
  const { kernels } = await tf.profile(async () => {
    await run(inputs);
    return [];
  });
  await run.dispose();
  return kernels
    .filter(({ name }) => name === 'BatchMatMul')
    .map(
      ({ inputShapes, outputShapes }) => 2 * sizeOf(outputShapes[0] ?? []) * innerSize(inputShapes[0], outputShapes[0]),
    )
    .reduce((sum, flops) => sum + flops, 0);
}

/** The dimension that a product a·b sums over; a is nowhere transposed. */
function innerSize(a: number[] | undefined, product: number[] | undefined): number {
  expect(a?.at(-2)).toBe(product?.at(-2));
  return a?.at(-1) ?? Number.NaN;
}
