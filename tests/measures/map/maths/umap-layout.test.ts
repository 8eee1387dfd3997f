import { describe, expect, it } from 'vitest';
import { curveA, curveB, layoutEpochs, umapLayout } from '../../../../pipeline/measures/map/maths/umap-layout.ts';
import { KeptNearest } from '../../../../pipeline/measures/neighbours/maths/kept-nearest.ts';
import { randomNormal, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

const clusters = 4;
const points = 120;
const k = 8;

/** Points whose neighbours are of their own cluster, by number modulo `clusters`, begun at random. */
function job(seed: number) {
  const random = seededRandom(7);
  const nearest = new KeptNearest(points, k);
  for (let point = 0; point < points; point++)
    for (let i = 1; i <= 2 * k; i++) nearest.add(point, (point + clusters * i) % points, 1 - 0.3 * random());
  const start = Float64Array.from({ length: 2 * points }, () => randomNormal(random));
  return { nearest, start, random: seededRandom(seed) };
}

describe('umapLayout', () => {
  it('puts points beside those that are near them, from wherever they begin', () => {
    const places = umapLayout(job(1));
    const far = (a: number, b: number) =>
      Math.hypot(places[2 * a] - places[2 * b], places[2 * a + 1] - places[2 * b + 1]);
    const all = Array.from({ length: points }, (_, point) => point);
    for (const point of all) {
      const [nearest] = all.filter((other) => other !== point).toSorted((a, b) => far(point, a) - far(point, b));
      expect(nearest % clusters).toBe(point % clusters);
    }
  });

  it('gives equal bytes of equal random numbers, and others of others', () => {
    expect(umapLayout(job(1))).toEqual(umapLayout(job(1)));
    expect(umapLayout(job(1))).not.toEqual(umapLayout(job(2)));
  });

  it('tells of every epoch and leaves where points begin as it was', () => {
    const told: number[] = [];
    const own = job(1);
    const before = own.start.slice();
    umapLayout({ ...own, progress: (done) => told.push(done) });
    expect(told).toEqual(Array.from({ length: layoutEpochs }, (_, i) => i + 1));
    expect(own.start).toEqual(before);
  });

  it('keeps points that coincide and share neighbours finite', () => {
    const own = job(1);
    const places = umapLayout({ ...own, start: new Float64Array(2 * points) });
    expect(places.every(Number.isFinite)).toBe(true);
    expect(new Set(places).size).toBe(points); // x and y of each are equal, as nothing tells them apart
  });
});

describe('the curve of UMAP', () => {
  it('fits a distance of 0.1 and a spread of 1 best of those near it', () => {
    const error = (a: number, b: number) => {
      let sum = 0;
      for (let i = 0; i < 300; i++) {
        const distance = (3 * i) / 299;
        const wanted = distance < 0.1 ? 1 : Math.exp(0.1 - distance);
        sum += (1 / (1 + a * distance ** (2 * b)) - wanted) ** 2;
      }
      return sum;
    };
    for (const by of [0.998, 1.002]) {
      expect(error(by * curveA, curveB)).toBeGreaterThan(error(curveA, curveB));
      expect(error(curveA, by * curveB)).toBeGreaterThan(error(curveA, curveB));
    }
  });
});
