import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, intSpec, program } from '../../../../pipeline/engine/index.ts';
import type { Prompt } from '../../../../pipeline/measures/studies/ioi/maths/dataset.ts';
import { takeSnapshots } from '../../../../pipeline/measures/studies/ioi/snapshots.ts';
import { openTails } from '../../../../pipeline/measures/studies/ioi/tail-runner.ts';
import type { Model } from '../../../../pipeline/model/model.ts';
import { runLayers, Transformer } from '../../../../pipeline/model/transformer.ts';
import { float32, int32 } from '../../../../pipeline/numbers/tensor.ts';
import { placeName } from '../../../../pipeline/record/programs.ts';
import type { Place } from '../../../../pipeline/sae/sae.ts';
import { siteInput, siteOutput, sites } from '../../../../pipeline/sae/site.ts';
import { numbers } from '../../../engine/programs.ts';
import { plainForward } from '../../../model/plain-llama.ts';
import { rotaryCases } from '../../../model/rotary-cases.ts';

const tolerance = 1e-4;
/** Ten tokens, and padding after the end. */
const tokens = [39, 3, 7, 1, 3, 12, 7, 0, 5, 30, 39, 39];
const [length, tail, dIn, vocabSize] = [tokens.length, 4, 24, 40];
const places = { io: 1, s1: 2, afterS1: 3, s2: 6, end: 9, conjunction: 2 };
const cast = { io: 'Ann', s: 'Bo', giver: 'Bo' };
const prompt: Prompt = {
  ...{ template: 0, scene: 0, order: 'ABBA', text: '', tokens: Int32Array.from(tokens), places, io: 3, s: 7, cast },
};
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

/** Logit differences at the end by whole forward passes, with each change added to a site of a layer at a position. */
async function wholeDifferences(model: Model, place: Place, position: number, changes: readonly Float32Array[]) {
  const width = place.site === 'z' ? dIn : model.config.dModel;
  const whole = program({
    name: 'whole passes',
    inputs: { tokens: intSpec(1, length), change: floatSpec(1, length, width) },
    outputs: { logits: floatSpec(1, length, vocabSize) },
    weights: model.weights,
    body({ tokens: ids, change }, weights) {
      const transformer = new Transformer(model.config, weights);
      const stream = runLayers(transformer, transformer.embed(ids), {
        edit({ layer, residual, z }) {
          const own = transformer.layer(layer);
          if (layer !== place.layer) return { residual, z };
          const x = tf.add(siteInput(own, place.site, z), change);
          return { residual, z, attention: siteOutput(own, place.site, x) };
        },
      });
      return { logits: transformer.unembed(stream) };
    },
  });
  const run = await engine.compile(whole);
  const found: number[] = [];
  for (const change of changes) {
    const padded = float32([1, length, width]);
    padded.data.set(change, position * width);
    const { logits: all } = await run({ tokens: int32([1, length], prompt.tokens), change: padded });
    const at = (id: number) => all.data[places.end * vocabSize + id];
    found.push(at(prompt.io) - at(prompt.s));
  }
  await run.dispose();
  return found;
}

describe.each(rotaryCases())('the tails of a prompt under rotary positions ($name)', ({ model, plain }) => {
  it('begin from the logit difference of the plain forward pass', async () => {
    const [seen] = await takeSnapshots({ engine, model, shape: { batch: 2, length, tail, saes: [] } }, [prompt]);
    const end = plainForward(plain, tokens).logits[places.end] ?? [];
    expect(seen?.difference).toBeCloseTo((end[prompt.io] ?? Number.NaN) - (end[prompt.s] ?? Number.NaN), 4);
  });

  it.each((['s2', 'end'] as const).flatMap((place) => sites.map((site) => ({ place, site }))))(
    'are whole forward passes with $site changed at $place, from every layer',
    async ({ place, site }) => {
      const width = site === 'z' ? dIn : model.config.dModel;
      const [snapshot] = await takeSnapshots({ engine, model, shape: { batch: 1, length, tail, saes: [] } }, [prompt]);
      if (!snapshot) throw new Error('unreachable: one was taken');
      for (let first = 0; first < model.config.nLayers; first++) {
        const changes = [new Float32Array(width), numbers(width, 3 + first), numbers(width, 30 + first)];
        const cost = { tailRuns: 0, tailRows: 0 };
        const tails = await openTails({
          engine,
          model,
          first,
          rows: 2,
          length,
          tail,
          outputs: [first],
          changedAt: place,
          cost,
        });
        const { difference } = await tails.run(
          snapshot,
          changes.map((change) => new Map([[placeName({ layer: first, site }), change]])),
        );
        await tails.dispose();
        const whole = await wholeDifferences(model, { layer: first, site }, places[place], changes);
        expect(Math.abs((difference[0] ?? Number.NaN) - snapshot.difference)).toBeLessThan(tolerance);
        whole.forEach((wanted, i) => {
          expect(Math.abs((difference[i] ?? Number.NaN) - wanted)).toBeLessThan(tolerance);
        });
        // The last layer's z at S2 reaches no other position.
        const moves = place === 'end' || first < model.config.nLayers - 1;
        expect(Math.abs((whole[1] ?? 0) - (whole[0] ?? 0)) > 10 * tolerance).toBe(moves);
      }
    },
  );
});
