import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { createEngine, type Engine } from '../../pipeline/engine/index.ts';
import { computeLogitEffects } from '../../pipeline/measures/logits/logits.ts';
import { measureQuality } from '../../pipeline/measures/quality/quality.ts';
import { computeHeadWeights } from '../../pipeline/measures/statistics/head-weights.ts';
import { type Connection, wireLayers } from '../../pipeline/measures/wiring/layer-wiring.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { contextsInMemory } from '../../pipeline/record/contexts-in-memory.ts';
import { wholeRun } from '../../pipeline/record/sample.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';
import { tinyModel } from '../engine/pipeline-programs.ts';
import { equalSaes, product } from './equal-saes.ts';

const dSae = 40;
const context = 12;
const model = tinyModel();
const { nHeads, dHead, dModel, vocabSize } = model.config;
const [lower, upper] = [equalSaes(model, 0, dSae), equalSaes(model, 1, dSae)];
const all = Array.from({ length: dSae }, (_, feature) => feature);
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  await tf.setBackend('cpu');
});

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-4): void {
  expect(actual).toHaveLength(wanted.length);
  expect(wanted.length).toBeGreaterThan(0);
  Array.from(wanted).forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value) / Math.max(1, Math.abs(value)), `${i}`).toBeLessThan(tolerance);
  });
}

function measure(of: Model, saes: readonly Sae[]) {
  const contexts = Array.from({ length: 5 }, (_, c) =>
    Int32Array.from({ length: context }, (_, t) => (c * 17 + t * t * 5 + 3 * t) % vocabSize),
  );
  const sample = wholeRun(contextsInMemory(contexts, context));
  return measureQuality({ engine, model: of, saes, sample, batch: 3, effects: silentEffects() });
}

describe('an SAE of the attention output', () => {
  it('has the logit effects of an equal SAE of z', async () => {
    const [before, after] = [
      await computeLogitEffects(engine, model, upper.z),
      await computeLogitEffects(engine, model, upper.output),
    ];
    for (const feature of all) {
      for (const way of ['positive', 'negative'] as const) {
        const values = (of: typeof before) => of[way](feature).map(({ value }) => value);
        expectClose(values(after), values(before));
      }
    }
  });

  it('has as head weights what each head can write of its decoder row, W_O^h·wDec[i], as shares', async () => {
    const weights = await computeHeadWeights(engine, model, upper.output);
    const weight = model.weights['layers.1.attention.output.weight'];
    if (!weight) throw new Error('unreachable: the model has it');
    const [dIn, rows] = [nHeads * dHead, upper.output.wDec.data];
    for (const feature of all) {
      const row = float32([dModel, 1], rows.slice(feature * dModel, (feature + 1) * dModel));
      const written = product(weight, row).data;
      const norms = Array.from({ length: nHeads }, (_, h) =>
        Math.hypot(...written.subarray((h * dIn) / nHeads, ((h + 1) * dIn) / nHeads)),
      );
      const total = norms.reduce((sum, norm) => sum + norm, 0);
      expectClose(
        weights[feature] ?? [],
        norms.map((norm) => norm / total),
      );
    }
  });

  it('is wired as equal SAEs of z are, read or reading', async () => {
    const wired = async (from: Sae, to: Sae) => {
      const found: Connection[][] = [];
      const job = { engine, model, wanted: 5, lower: { sae: from, alive: all }, reader: { sae: to, alive: all } };
      await wireLayers(job, (_, candidates) =>
        found.push(candidates.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 5)),
      );
      return found.flat().map(({ value }) => value);
    };
    const wanted = await wired(lower.z, upper.z);
    expectClose(await wired(lower.output, upper.z), wanted);
    expectClose(await wired(lower.z, upper.output), wanted);
    expectClose(await wired(lower.output, upper.output), wanted);
  });

  it('stands in for its layer as an equal SAE of z does, and is ablated to an attention that writes nothing', async () => {
    const [before, after] = await measure(model, [upper.z, upper.output]);
    if (!before || !after) throw new Error('unreachable: two were measured');
    expect([after.l0, after.deadFeatures]).toEqual([before.l0, before.deadFeatures]);
    expect(after.l0).toBeGreaterThan(1);
    expectClose([after.ceSae, after.ceMean, after.ceClean], [before.ceSae, before.ceMean, before.ceClean]);
    expectClose(after.meanZ, before.meanZ);
    const zero = ({ shape }: { shape: readonly number[] }) => float32(shape);
    const silent = Object.entries(model.weights).map(([name, tensor]) =>
      name.startsWith('layers.1.attention.output') ? [name, zero(tensor)] : [name, tensor],
    );
    const [without] = await measure({ ...model, weights: Object.fromEntries(silent) }, [upper.z]);
    expectClose([after.ceZero], [without?.ceClean ?? Number.NaN]);
    expect(Math.abs(after.ceZero - before.ceZero)).toBeGreaterThan(1e-3);
  });

  it('is measured as if alone beside another SAE of its layer', async () => {
    const both = await measure(model, [lower.z, upper.z, upper.output]);
    for (const [i, sae] of [lower.z, upper.z, upper.output].entries()) {
      const [alone] = await measure(model, [sae]);
      const { meanZ, intervals, sae: _, site, ...numbers } = both[i] ?? {};
      for (const [name, value] of Object.entries(numbers)) {
        expect(value, name).toBeCloseTo(Number(alone?.[name as keyof typeof alone]), 5);
      }
    }
  });
});
