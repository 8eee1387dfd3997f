import { UMAP } from 'umap-js';
import { expect, it } from 'vitest';
import { umapLayout } from '../../../../pipeline/measures/map/maths/umap-layout.ts';
import { KeptNearest } from '../../../../pipeline/measures/neighbours/maths/kept-nearest.ts';
import { randomNormal, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

const epochs = 200;

/** Random directions, the first `twins` of them one and the same, with the k nearest of each by cosine. */
function pointsOf({ points, k, width, twins }: Record<'points' | 'k' | 'width' | 'twins', number>) {
  const random = seededRandom(5, points);
  const directions = Array.from({ length: points }, () => Array.from({ length: width }, () => randomNormal(random)));
  directions.fill(directions[0] ?? [], 0, twins);
  const rows = directions.map((direction) => direction.map((x) => x / Math.hypot(...direction)));
  const nearest = new KeptNearest(points, k);
  for (const [i, row] of rows.entries()) {
    for (const [j, other] of rows.entries()) {
      if (i !== j)
        nearest.add(
          i,
          j,
          row.reduce((sum, x, d) => sum + x * (other[d] ?? 0), 0),
        );
    }
  }
  return { nearest, start: Float64Array.from(rows.flatMap(([x = 0, y = 0]) => [x, y])) };
}

/** What umap-js makes of the same neighbours, starts and draws. */
function byUmapJs({ nearest, start }: ReturnType<typeof pointsOf>): Float64Array {
  const all = Array.from({ length: start.length / 2 }, (_, point) => nearest.of(point));
  const umap = new UMAP({ nNeighbors: nearest.k + 1, nEpochs: epochs, random: seededRandom(1) });
  const indices = all.map((near, point) => [point, ...near.map(({ other }) => other)]);
  umap.setPrecomputedKNN(
    indices,
    all.map((near) => [0, ...near.map(({ value }) => Math.max(0, 1 - value))]),
  );
  umap.initializeFit(indices);
  const most = start.reduce((farthest, x) => Math.max(farthest, Math.abs(x)), 0);
  for (const [i, place] of umap.getEmbedding().entries()) {
    place[0] = (10 * (start[2 * i] ?? 0)) / most;
    place[1] = (10 * (start[2 * i + 1] ?? 0)) / most;
  }
  for (let epoch = 0; epoch < epochs; epoch++) umap.step();
  return Float64Array.from(umap.getEmbedding().flat());
}

it.each([
  { points: 300, k: 15, width: 8, twins: 0 },
  { points: 200, k: 5, width: 4, twins: 30 },
])('places $points points, $twins of them the same, where umap-js does, to the bit', (shape) => {
  const points = pointsOf(shape);
  expect(umapLayout({ ...points, random: seededRandom(1) })).toEqual(byUmapJs(points));
});

it('says of every epoch that it is done', () => {
  const heard: number[] = [];
  umapLayout({
    ...pointsOf({ points: 20, k: 3, width: 4, twins: 0 }),
    random: seededRandom(1),
    progress: (n) => heard.push(n),
  });
  expect(heard).toEqual(Array.from({ length: epochs }, (_, i) => i + 1));
});
