import { describe, expect, it } from 'vitest';
import type { UpstreamPrograms } from '../../../pipeline/measures/upstream/compiled-programs.ts';
import { FeatureRows } from '../../../pipeline/measures/upstream/feature-rows.ts';
import { LowerLayer } from '../../../pipeline/measures/upstream/lower-layer.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';

const [positions, dSae] = [3, 8];

const scaled = (by: number) => async (rows: FloatTensor) =>
  float32(
    rows.shape,
    rows.data.map((value) => by * value),
  );
/** What features of layer l write is −(l + 1) times their rows, what heads take of it 10 times as much. */
const programs = {
  written:
    async ({ layer }: Sae) =>
    async ({ decoder }: { decoder: FloatTensor }) => ({
      written: await scaled(-layer - 1)(decoder),
    }),
  values:
    async () =>
    async ({ x }: { x: FloatTensor }) => ({ values: await scaled(10)(x) }),
} as unknown as UpstreamPrograms;

function saeOf(layer: number, dIn: number): Sae {
  const wDec = float32(
    [dSae, dIn],
    Float32Array.from({ length: dSae * dIn }, (_, i) => 100 * (layer + 1) + i),
  );
  return {
    ...{ id: String(layer), layer, site: 'z', dIn, dSae, activation: { kind: 'relu' }, subtractDecoderBias: false },
    ...{ wEnc: float32([dIn, dSae]), bEnc: float32([dSae]), wDec, bDec: float32([dIn]), source: '' },
  };
}

/** A layer of which one feature is active. */
function entered(lower: LowerLayer, feature: number): LowerLayer {
  const f = float32([positions, dSae]);
  f.data[feature] = 1;
  lower.enter(f, positions - 1);
  return lower;
}

describe.each([
  ['kept for a context', undefined],
  ['of one layer at a time', 0],
])('rows of active features, %s', (_name, most) => {
  const narrow = new LowerLayer(saeOf(0, 2));
  const wide = new LowerLayer(saeOf(1, 4));
  const rows = new FeatureRows(programs, most);
  const firstOf = async (lower: LowerLayer, association: 'directions' | 'values', layer = 2) => {
    const [block] = await rows.of(lower, { layer, association, last: positions - 1 });
    return block.data[0];
  };

  it('are those of the layer and context that they are asked for', async () => {
    for (const feature of [3, 5]) {
      rows.enter([entered(narrow, feature), entered(wide, feature)]);
      for (const layer of [2, 3]) {
        expect(await firstOf(narrow, 'directions', layer)).toBe(100 + 2 * feature);
        expect(await firstOf(wide, 'directions', layer)).toBe(200 + 4 * feature);
        expect(await firstOf(narrow, 'values', layer)).toBe(-10 * (100 + 2 * feature));
        expect(await firstOf(wide, 'values', layer)).toBe(-20 * (200 + 4 * feature));
      }
    }
  });

  it('take each other’s memory only where they are not kept', async () => {
    const other = new LowerLayer(saeOf(1, 2));
    rows.enter([entered(narrow, 1), entered(other, 1)]);
    const reader = { layer: 2, association: 'directions', last: positions - 1 } as const;
    const [first] = await rows.of(narrow, reader);
    const [second] = await rows.of(other, reader);
    expect(first === second).toBe(most === 0);
  });
});
