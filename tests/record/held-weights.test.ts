import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../pipeline/engine/index.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { randomNormal, seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { copyRow } from '../../pipeline/numbers/tensor-rows.ts';
import { allSaeBytes, HeldWeights, modelBytes } from '../../pipeline/record/held-weights.ts';
import { contextAttributionProgram, encodeProgram, forwardProgram, placeName } from '../../pipeline/record/programs.ts';
import { encoderRowsOf } from '../../pipeline/sae/encoder-rows.ts';
import { encoderConstant, type Sae } from '../../pipeline/sae/sae.ts';
import { tinyModel, tinyTokens } from '../engine/pipeline-programs.ts';

const [dIn, dSae, length] = [32, 16_384, 16];
let engine: Engine;
let out: string;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  out = await mkdtemp(join(tmpdir(), 'atlas-held-'));
});
afterAll(() => rm(out, { recursive: true }));

function randomTensor(shape: number[], seed: number): FloatTensor {
  const random = seededRandom(seed);
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => randomNormal(random)),
  );
}

const sae: Sae = {
  ...{ id: '1', layer: 1, site: 'z', dIn, dSae, source: 'test' },
  ...{ activation: { kind: 'relu' }, subtractDecoderBias: true },
  ...{ wEnc: randomTensor([dIn, dSae], 1), bEnc: randomTensor([dSae], 2) },
  ...{ wDec: randomTensor([dSae, dIn], 3), bDec: randomTensor([dIn], 4) },
};

/** Everything that a corpus pass computes of a context. */
async function passOver(model: Model, own: Sae) {
  const forward = await engine.compile(forwardProgram(model, [own], { batch: 2, length }));
  const { places } = await forward({ tokens: tinyTokens() });
  const encode = await engine.compile(encodeProgram(own, 2 * length));
  const { f } = await encode({ x: places[placeName(own)] });
  const encoder = float32([4, dIn]);
  for (let i = 0; i < 4; i++) copyRow(encoderRowsOf(own), 1000 * i, encoder, i);
  const attribute = await engine.compile(contextAttributionProgram(model, [own], length, 4));
  const tokens = int32([1, length], tinyTokens().data.slice(0, length));
  const positions = int32([4], Int32Array.of(3, 5, 9, 15));
  const { saes } = await attribute({ tokens, examples: { [own.id]: { encoder, positions } } });
  for (const each of [forward, encode, attribute]) await each.dispose();
  return { f, attributions: saes[own.id], constants: encoderConstant(own) };
}

describe('weights held in files', () => {
  it('give every number to the bit, and are gone when they are released', async () => {
    const held = new HeldWeights(out, 0);
    const model = tinyModel();
    await held.ofModel(model.config);
    const { model: kept, keep } = await held.ofSaes([sae], model);
    const own = await keep(sae);
    expect([own.wEnc, own.wDec, own.encoderRows].every((tensor) => tensor?.file)).toBe(true);
    expect(await passOver(kept, own)).toEqual(await passOver(model, sae));
    await held.release();
    expect(await readdir(out)).toEqual([]);
  });

  it('are those of models and SAEs that are too large together', async () => {
    const { config } = tinyModel();
    const both = modelBytes(config) + allSaeBytes([sae]);
    const isInFile = async (most: number) => {
      const held = new HeldWeights(out, most);
      await held.ofModel(config);
      const { keep } = await held.ofSaes([sae], tinyModel());
      const { wEnc } = await keep(sae);
      await held.release();
      return wEnc.file !== undefined;
    };
    expect(await isInFile(both)).toBe(false);
    expect(await isInFile(both - 1)).toBe(true);
  });

  it('are none where there is no folder for them', async () => {
    const { keep } = await new HeldWeights(undefined, 0).ofSaes([sae], tinyModel());
    expect(await keep(sae)).toBe(sae);
  });
});
