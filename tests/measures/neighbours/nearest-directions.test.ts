import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import type { Near } from '../../../pipeline/measures/neighbours/maths/kept-nearest.ts';
import {
  comparisonsOf,
  type NearestDirections,
  nearestDirections,
  reachOf,
} from '../../../pipeline/measures/neighbours/nearest-directions.ts';
import { compareDecoders, type NearestDecoders } from '../../../pipeline/measures/quality/decoder-similarity.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import type { AliveFeatures } from '../../../pipeline/record/alive-features.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { tinyModel, tinySae } from '../../engine/pipeline-programs.ts';
import { random } from '../../engine/programs.ts';
import { cosine, decoderRow, logitEffectsOf, writtenBy } from './plain-directions.ts';

/** Fewer tokens than rows of the unembedding: the rest are padding. */
const model: Model = { ...tinyModel(), vocabulary: Int32Array.from({ length: 57 }, (_, i) => i + 2) };
const wanted = 4;
/** Some hundred features a block, so that the first SAE has three. */
const blockNumbers = 32 * 110;

/** An SAE whose features 3 and 9 are one direction, of different norms, and whose feature 5 writes nothing. */
function saeOf(part: Partial<Sae>, dSae: number, seed: number): Sae {
  const wDec = random([dSae, 32], seed);
  for (let d = 0; d < 32; d++) {
    wDec.data[9 * 32 + d] = 7 * wDec.data[3 * 32 + d];
    wDec.data[5 * 32 + d] = 0;
  }
  return { ...tinySae(part.layer ?? 0, dSae), ...part, wDec };
}

const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const saes: AliveFeatures[] = [
  { sae: saeOf({ layer: 0, id: '0' }, 300, 31), alive: all(300) },
  { sae: saeOf({ layer: 1, id: '1-a' }, 24, 32), alive: all(24).filter((feature) => feature % 4 !== 2) },
  { sae: saeOf({ layer: 1, id: '1-b', site: 'attn_out' }, 16, 33), alive: all(16) },
];
const places = saes.flatMap(({ sae, alive }) => alive.map((feature) => ({ sae, feature })));
let engine: Engine;
let found: readonly NearestDirections[];
let decoders: readonly NearestDecoders[];
const heard: number[] = [];

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu' });
  found = await nearestDirections({ engine, model, saes, wanted, blockNumbers }, (done) => heard.push(done));
  decoders = await decodersOf(saes);
});

async function decodersOf(of: readonly AliveFeatures[]): Promise<NearestDecoders[]> {
  const nearest: NearestDecoders[] = [];
  for (const { sae, alive } of of) {
    nearest.push((await compareDecoders(engine, sae, { alive, count: wanted }, blockNumbers)).nearest);
  }
  return nearest;
}

/** A feature's nearest of a kind; those of its own SAE, which have its numbers, with those through all SAEs. */
function nearestOf(at: number, kind: 'own' | 'others' | 'logits', place: number): Near[] {
  if (kind !== 'own') return found[at]?.[kind].of(place) ?? [];
  return (decoders[at]?.[place] ?? []).map(({ other, value }) => ({
    other: places.findIndex(({ sae, feature }) => sae === saes[at]?.sae && feature === other),
    value,
  }));
}

/** The greatest cosines of one feature with others, all pairs computed. */
function expected(
  of: (sae: Sae, feature: number) => readonly number[],
  at: { sae: Sae; feature: number },
  kind: string,
) {
  const isOther = (other: { sae: Sae; feature: number }) =>
    kind === 'own'
      ? other.sae === at.sae && other.feature !== at.feature
      : kind === 'others'
        ? other.sae !== at.sae
        : other.sae !== at.sae || other.feature !== at.feature;
  const own = of(at.sae, at.feature);
  return places
    .map((other, number) => ({
      other: number,
      ...other,
      value: isOther(other) ? cosine(own, of(other.sae, other.feature)) : -2,
    }))
    .map((near) => ({ ...near, value: Number.isNaN(near.value) ? 0 : near.value }))
    .filter(({ value }) => value > -2)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, wanted);
}

const kept = new Map<string, readonly number[]>();
/** Computed once of each feature. */
const once =
  (of: (sae: Sae, feature: number) => readonly number[]) =>
  (sae: Sae, feature: number): readonly number[] => {
    const key = `${of.name} ${sae.id} ${feature}`;
    const known = kept.get(key) ?? of(sae, feature);
    kept.set(key, known);
    return known;
  };

const directionOf = {
  own: once(decoderRow),
  others: once(function written(sae, feature) {
    return writtenBy(model, sae, feature);
  }),
  logits: once(function effects(sae, feature) {
    return logitEffectsOf(model, sae, feature);
  }),
};

describe('the nearest directions', () => {
  it.each(['own', 'others', 'logits'] as const)('by %s are those of every pair computed in float64', (kind) => {
    let compared = 0;
    for (const [at, { sae, alive }] of saes.entries()) {
      for (const [place, feature] of alive.entries()) {
        if (feature === 5 || feature > 60) continue;
        const near = nearestOf(at, kind, place);
        const exact = expected(directionOf[kind], { sae, feature }, kind);
        expect(near).toHaveLength(wanted);
        near.forEach(({ value }, rank) => expect(value).toBeCloseTo(exact[rank]?.value ?? Number.NaN, 5));
        // Where two cosines differ by more than float32 loses, so does the order.
        for (const [rank, { other, value }] of exact.entries()) {
          const apart = exact.every((one, i) => i === rank || Math.abs(one.value - value) > 1e-5);
          if (apart && rank < wanted - 1) expect(near[rank]?.other).toBe(other);
        }
        compared++;
      }
    }
    expect(compared).toBe(60 + 17 + 15);
  });

  it('of a twin is the other, whatever its norm', () => {
    for (const at of [0, 1, 2]) {
      const { alive = [] } = saes[at] ?? {};
      const [first] = nearestOf(at, 'own', alive.indexOf(3));
      expect(places[first?.other ?? -1]?.feature).toBe(9);
      expect(first?.value).toBeGreaterThan(0.99999);
      expect(first?.value).toBeLessThanOrEqual(1);
    }
  });

  it('of a feature that writes nothing have no cosine but 0', () => {
    for (const kind of ['own', 'others', 'logits'] as const) {
      const near = nearestOf(0, kind, 5);
      expect(near.map(({ value }) => value)).toEqual([0, 0, 0, 0]);
    }
  });

  it('are compared as often as was said', () => {
    expect(heard.at(-1)).toBe(comparisonsOf({ saes, model, blockNumbers }));
  });

  it('are looked for in SAEs near by alone where there are too many features', async () => {
    const pairs = [0, 1, 2].map((at) => (saes[at]?.alive.length ?? 0) ** 2).reduce((sum, own) => sum + own, 0);
    const near = 2 * (300 * 18 + 18 * 16);
    const sizes = saes.map(({ alive }) => alive.length);
    const reaches = [0, pairs + near - 1, pairs + near, pairs + near + 2 * 300 * 16];
    expect(reaches.map((mostPairs) => reachOf(sizes, mostPairs))).toEqual([0, 0, 1, 2]);
    const job = { engine, model, saes, wanted, blockNumbers, mostPairs: pairs + near };
    const said: number[] = [];
    const nearby = await nearestDirections(job, (done) => said.push(done));
    expect(said.at(-1)).toBe(comparisonsOf(job));
    const saesNear = (lists: NearestDirections | undefined) =>
      new Set(all(10).flatMap((row) => (lists?.others.of(row) ?? []).map(({ other }) => places[other]?.sae.id)));
    expect([...saesNear(nearby[0])]).toEqual(['1-a']);
    expect([...saesNear(nearby[2])]).toEqual(['1-a']);
    expect(saesNear(found[0])).toContain('1-b');
  });

  it('are found among fewer features than wanted, and of none', async () => {
    const few = saes.map(({ sae }, i) => ({ sae, alive: i === 0 ? [1, 4] : [] }));
    const [own] = await nearestDirections({ engine, model, saes: few, wanted }, () => {});
    expect((await decodersOf(few))[0]?.map((near) => near.map(({ other }) => other))).toEqual([[4], [1]]);
    expect(own?.logits.of(0).map(({ other }) => other)).toEqual([1]);
    expect(own?.others.of(0)).toEqual([]);
    const none = saes.map(({ sae }) => ({ sae, alive: [] }));
    expect(await nearestDirections({ engine, model, saes: none, wanted }, () => {})).toHaveLength(3);
  });

  it('do not depend on the decoder’s scale, however small', async () => {
    const tiny = saes.map(({ sae, alive }) => ({
      sae: {
        ...sae,
        wDec: float32(
          sae.wDec.shape,
          sae.wDec.data.map((value) => 1e-25 * value),
        ),
      },
      alive,
    }));
    const again = await nearestDirections({ engine, model, saes: tiny, wanted }, () => {});
    const rounded = (near: readonly Near[] = []) => near.map(({ value }) => value.toFixed(4));
    for (const kind of ['others', 'logits'] as const) {
      expect(rounded(again[1]?.[kind].of(7))).toEqual(rounded(found[1]?.[kind].of(7)));
    }
    const own = await decodersOf(tiny);
    expect(rounded(own[1]?.[7])).toEqual(rounded(decoders[1]?.[7]));
    expect(rounded(own[1]?.[7])).toHaveLength(wanted);
  });
});
