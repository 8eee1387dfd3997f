import { describe, expect, it, test } from 'vitest';
import { encodePlaces, squareAbout } from '../../../site/map/encode-places.ts';
import { colouringBy, type MapPoints, matchingPoints, pointsOf } from '../../../site/map/map-points.ts';
import { pointGrid, pointTowards } from '../../../site/map/point-grid.ts';
import { decodePlanes } from '../../../site/search/byte-planes.ts';
import { encodeShown } from '../../../site/search/shown-number.ts';

const pointsAt = (...places: readonly (readonly [number, number])[]): MapPoints => ({
  rows: Uint32Array.from(places, (_, row) => row),
  x: Float32Array.from(places, ([x]) => x),
  y: Float32Array.from(places, ([, y]) => y),
});

describe('places of features', () => {
  const places = new Map([
    [0, { x: -3, y: 10 }],
    [2, { x: 5, y: 12 }],
    [3, { x: 1, y: 11 }],
  ]);

  it('come back to 16 bits, in one scale for both axes, those of none left out', () => {
    const codes = decodePlanes(encodePlaces(places, 5, squareAbout(places.values())), 2);
    const { rows, x, y } = pointsOf([{ firstRow: 100, codes }]);
    expect([...rows]).toEqual([100, 102, 103]);
    const near = (found: Float32Array, wanted: readonly number[]) =>
      wanted.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(2 ** -16));
    near(x, [0, 1, 0.5]);
    near(y, [0.375, 0.625, 0.5]);
  });

  it('are in the middle where there is but one, and none of an SAE without', () => {
    const one = new Map([[1, { x: 7, y: 7 }]]);
    const codes = decodePlanes(encodePlaces(one, 2, squareAbout(one.values())), 2);
    const points = pointsOf([
      { firstRow: 0, codes: new Uint16Array(4) },
      { firstRow: 2, codes },
    ]);
    expect([...points.rows]).toEqual([3]);
    expect(points.x[0]).toBeCloseTo(0.5, 4);
    expect(squareAbout([])).toEqual({ left: 0, low: 0, side: 1 });
  });
});

test('points match by their rows, in whatever order these come', () => {
  const points = { ...pointsAt([0, 0], [0, 0], [0, 0]), rows: Uint32Array.of(4, 7, 9) };
  expect([...matchingPoints(points, Uint32Array.of(9, 1, 4, 8))]).toEqual([0, 2]);
  expect([...matchingPoints(points, new Uint32Array())]).toEqual([]);
});

describe('finding a point', () => {
  const points = pointsAt([0.1, 0.1], [0.12, 0.1], [0.9, 0.95], [0.5, 0.5], [1, 1]);
  const every = Uint32Array.of(0, 1, 2, 3, 4);

  it('gives the nearest of those that are lit within a distance', () => {
    const grid = pointGrid(points, every);
    expect(grid.nearest(0.113, 0.1, 0.05)).toBe(1);
    expect(grid.nearest(0.3, 0.3, 0.05)).toBeUndefined();
    expect(grid.nearest(0.3, 0.3, 1)).toBe(1);
    expect(grid.nearest(5, 5, 10)).toBe(4);
    expect(pointGrid(points, Uint32Array.of(0, 3)).nearest(0.113, 0.1, 0.05)).toBe(0);
  });

  it('agrees with looking at all points', () => {
    const many = pointsAt(...Array.from({ length: 500 }, (_, i) => [(i * 0.618) % 1, (i * 0.414) % 1] as const));
    const grid = pointGrid(many, Uint32Array.from(many.rows));
    for (let i = 0; i < 50; i++) {
      const [x, y] = [(i * 0.271) % 1, (i * 0.577) % 1];
      const far = (place: number) => (many.x[place] - x) ** 2 + (many.y[place] - y) ** 2;
      const wanted = [...many.rows].sort((a, b) => far(a) - far(b))[0];
      expect(grid.nearest(x, y, 0.2)).toBe(wanted);
    }
  });

  it('by an arrow key gives the nearest in that quarter, and none at the edge', () => {
    expect(pointTowards(points, every, 3, 'ArrowUp')).toBe(2);
    expect(pointTowards(points, every, 3, 'ArrowLeft')).toBe(0);
    expect(pointTowards(points, every, 1, 'ArrowLeft')).toBe(0);
    expect(pointTowards(points, every, 4, 'ArrowUp')).toBeUndefined();
    expect(pointTowards(points, every, 3, 'Enter')).toBeUndefined();
  });
});

describe('colours', () => {
  const of = (values: { family?: number; density?: number; layer?: number }, layers = [0, 1]) => ({
    search: {
      code: (_: number, name: string) => (name === 'family' ? values.family : encodeShown(values.density ?? 0)),
      place: () => ({ sae: '0', layer: values.layer ?? 0, feature: 0 }),
    },
    families: ['induction', 'unclear'],
    layers,
    swatchOf: (family: string) => `of ${family}`,
  });

  it('by family are those of the families', () => {
    const { classes, classOf } = colouringBy('family', of({ family: 2 }));
    expect(classes[classOf(0)]).toEqual({ name: 'unclear', swatch: 'of unclear' });
  });

  it('by family are by density in a run that looked for none', () => {
    const { classes } = colouringBy('family', { ...of({}), families: [] });
    expect(classes[0]?.name).toContain('%');
  });

  it.each([
    [[0, 5], 5, 'layer 5', 'm8', 2],
    [[3], 3, 'layer 3', 'm4', 1],
    [Array.from({ length: 12 }, (_, i) => i), 11, 'layer 11', 'm8', 9],
    [Array.from({ length: 12 }, (_, i) => i), 0, 'layers 0–1', 'm0', 9],
  ])('by layer go along the scale: of %j, %i is %s', (layers, layer, name, swatch, count) => {
    const { classes, classOf } = colouringBy('layer', of({ layer }, layers));
    expect(classes).toHaveLength(count);
    expect(classes[classOf(0)]).toEqual({ name, swatch });
  });

  it.each([
    [0, 'under 0.001%'],
    [0.02, 'from 0.01%'],
    [0.03, 'from 0.03%'],
    [99, '3% and over'],
  ])('by density go along a logarithmic scale: %s%% is %s', (density, name) => {
    const { classes, classOf } = colouringBy('density', of({ density }));
    expect(classes[classOf(0)]?.name).toBe(name);
  });
});
