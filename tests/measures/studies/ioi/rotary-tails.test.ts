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
/** Another, told in fewer tokens. */
const shorter: Prompt = {
  ...prompt,
  ...{ tokens: Int32Array.from([39, 5, 8, 2, 5, 11, 8, 30]), places: { ...places, s2: 4, end: 7 }, io: 8, s: 5 },
};
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

/** Logit differences at the end by whole forward passes, with each change added to a site of a layer at a position. */
async function wholeDifferences(
  model: Model,
  place: Place,
  { prompt, position }: { readonly prompt: Prompt; readonly position: number },
  changes: readonly Float32Array[],
) {
  const length = prompt.tokens.length;
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
    const at = (id: number) => all.data[prompt.places.end * vocabSize + id];
    found.push(at(prompt.io) - at(prompt.s));
  }
  await run.dispose();
  return found;
}

describe.each(rotaryCases())('the tails of a prompt under rotary positions ($name)', ({ model, plain }) => {
  it('begin from the logit difference of the plain forward pass', async () => {
    const [seen] = await takeSnapshots({ engine, model, shape: { batch: 2, tail, saes: [] } }, [prompt]);
    const end = plainForward(plain, tokens).logits[places.end] ?? [];
    expect(seen?.difference).toBeCloseTo((end[prompt.io] ?? Number.NaN) - (end[prompt.s] ?? Number.NaN), 4);
  });

  it.each((['s2', 'end'] as const).flatMap((place) => sites.map((site) => ({ place, site }))))(
    'of several prompts, run together, are whole forward passes with $site changed at $place, from every layer',
    async ({ place, site }) => {
      const width = site === 'z' ? dIn : model.config.dModel;
      const prompts = [prompt, shorter];
      const snapshots = await takeSnapshots({ engine, model, shape: { batch: 1, tail, saes: [] } }, prompts);
      expect(snapshots).toHaveLength(prompts.length);
      for (let first = 0; first < model.config.nLayers; first++) {
        const changes = [new Float32Array(width), numbers(width, 3 + first), numbers(width, 30 + first)];
        const [cost, forward] = [{ tails: 0 }, { forwardTokens: 0 }];
        const tails = openTails({ engine, model, places: [{ layer: first, site }], length, cost, forward });
        const changed = snapshots.flatMap((snapshot) =>
          changes.map((change) => ({ snapshot, change: new Map([[placeName({ layer: first, site }), change]]) })),
        );
        const differences = await tails.run(first, place, changed);
        await tails.dispose();
        const { nLayers } = model.config;
        const layers = changed.map(
          ({
            snapshot: {
              prompt: { places: at },
            },
          }) => {
            const positions = at.end - at[place] + 1;
            return 1 + (nLayers - 1 - first) * positions;
          },
        );
        expect(cost.tails).toBe(changed.length);
        expect(forward.forwardTokens).toBeCloseTo(
          layers.reduce((sum, own) => sum + own / nLayers, 0),
          9,
        );
        for (const [i, snapshot] of snapshots.entries()) {
          const difference = differences.slice(i * changes.length, (i + 1) * changes.length);
          const at = { prompt: snapshot.prompt, position: snapshot.prompt.places[place] };
          const whole = await wholeDifferences(model, { layer: first, site }, at, changes);
          expect(Math.abs((difference[0] ?? Number.NaN) - snapshot.difference)).toBeLessThan(tolerance);
          whole.forEach((wanted, row) => {
            expect(Math.abs((difference[row] ?? Number.NaN) - wanted)).toBeLessThan(tolerance);
          });
          // The last layer's z at S2 reaches no other position.
          const moves = place === 'end' || first < model.config.nLayers - 1;
          expect(Math.abs((whole[1] ?? 0) - (whole[0] ?? 0)) > 10 * tolerance).toBe(moves);
        }
      }
    },
  );

  it('see what later layers write at the end, and take changes of later layers too', async () => {
    const { nLayers } = model.config;
    const later = nLayers - 1;
    const snapshots = await takeSnapshots({ engine, model, shape: { batch: 1, tail, saes: [] } }, [prompt, shorter]);
    const [own, other] = [numbers(dIn, 3), numbers(dIn, 4)];
    const [first, last] = [0, later].map((layer) => placeName({ layer, site: 'z' }));
    const counts = { cost: { tails: 0 }, forward: { forwardTokens: 0 } };
    const tails = openTails({ engine, model, places: [{ layer: later, site: 'z' }], length, ...counts });
    const seen: [row: number, layer: number, z: number[]][] = [];
    const both = new Map([
      [first ?? '', own],
      [last ?? '', other],
    ]);
    const changed = snapshots.map((snapshot) => ({ snapshot, change: both }));
    const found = await tails.run(0, 'end', changed, (row, layer, z) => seen.push([row, layer, [...z]]));
    await tails.dispose();
    expect(seen.map(([row, layer]) => `${row} ${layer}`).toSorted()).toEqual(
      [0, 1].flatMap((row) => Array.from({ length: nLayers - 1 }, (_, i) => `${row} ${i + 1}`)),
    );
    for (const [i, { prompt: told }] of snapshots.entries()) {
      const whole = await wholePass(model, told, { 0: own, [later]: other });
      expect(Math.abs((found[i] ?? Number.NaN) - whole.difference)).toBeLessThan(tolerance);
      for (const [row, layer, z] of seen) {
        if (row !== i) continue;
        z.forEach((value, d) => expect(Math.abs(value - (whole.z[layer]?.[d] ?? Number.NaN))).toBeLessThan(tolerance));
      }
    }
  });
});

/** A whole forward pass with z of some layers changed at the end: z there, as it is before each change, and the difference. */
async function wholePass(
  model: Model,
  { tokens: ids, places: { end }, io, s }: Prompt,
  changes: Record<number, Float32Array>,
) {
  const { nLayers } = model.config;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const whole = program({
    name: 'a whole pass',
    inputs: {
      tokens: intSpec(1, ids.length),
      change: Object.fromEntries(layers.map((at) => [at, floatSpec(1, ids.length, dIn)])),
    },
    outputs: {
      logits: floatSpec(1, ids.length, vocabSize),
      z: Object.fromEntries(layers.map((at) => [at, floatSpec(1, ids.length, dIn)])),
    },
    weights: model.weights,
    body({ tokens, change }, weights) {
      const transformer = new Transformer(model.config, weights);
      const seen: Record<number, tf.Tensor> = {};
      const stream = runLayers(transformer, transformer.embed(tokens), {
        edit({ layer, residual, z }) {
          seen[layer] = z;
          return { residual, z: tf.add(z, change[layer] ?? tf.zeros([1])) };
        },
      });
      return { logits: transformer.unembed(stream), z: seen };
    },
  });
  const change = Object.fromEntries(
    layers.map((layer) => {
      const padded = float32([1, ids.length, dIn]);
      padded.data.set(changes[layer] ?? [], end * dIn);
      return [layer, padded] as const;
    }),
  );
  const run = await engine.compile(whole);
  const { logits: all, z } = await run({ tokens: int32([1, ids.length], Int32Array.from(ids)), change });
  await run.dispose();
  const at = (id: number) => all.data[end * vocabSize + id] ?? Number.NaN;
  return {
    difference: at(io) - at(s),
    z: layers.map((layer) => z[layer]?.data.subarray(end * dIn, (end + 1) * dIn)),
  };
}
