import { describe, expect, test } from 'vitest';
import { band, cell, columnWidth, movedBy, opacityOf, placeAt } from '../../../../site/explorer/target/heat-map.ts';

describe('a key moves by a cell and stops at the border', () => {
  test.each([
    ['ArrowRight', 1, 2, 1, 3],
    ['ArrowRight', 1, 4, 1, 4],
    ['ArrowLeft', 1, 0, 1, 0],
    ['ArrowUp', 0, 2, 0, 2],
    ['ArrowDown', 1, 2, 2, 2],
    ['ArrowDown', 2, 2, 2, 2],
    ['Home', 1, 3, 1, 0],
    ['End', 1, 3, 1, 4],
  ])('%s from head %i, source %i leads to %i, %i', (key, head, source, toHead, toSource) => {
    expect(movedBy(key, { head, source }, 3, 5)).toEqual({ head: toHead, source: toSource });
  });
  test('other keys are not the map’s', () => expect(movedBy('Tab', { head: 0, source: 0 }, 3, 5)).toBeUndefined());
});

test('a point is found in its cell; beside the map it is in none, above and below it is at the border', () => {
  const y = (head: number) => band.tokens + (head + 0.5) * cell.height;
  expect(placeAt(25, y(1), 10, 3, 5)).toEqual({ head: 1, source: 2 });
  expect(placeAt(25, 3, 10, 3, 5)).toEqual({ head: 0, source: 2 });
  expect(placeAt(25, y(9), 10, 3, 5)).toEqual({ head: 2, source: 2 });
  expect(placeAt(51, y(1), 10, 3, 5)).toBeUndefined();
  expect(placeAt(-1, y(1), 10, 3, 5)).toBeUndefined();
});

test('columns fill the room, but are neither too narrow to read nor broader than they need be', () => {
  expect(columnWidth(640, 32)).toBe(20);
  expect(columnWidth(640, 128)).toBe(cell.least);
  expect(columnWidth(640, 2)).toBe(cell.most);
  expect(columnWidth(0, 0)).toBe(cell.least);
});

test('a stronger cell is fuller, from nothing to all', () => {
  expect([opacityOf(0), opacityOf(1)]).toEqual([0, 1]);
  expect(opacityOf(0.2)).toBeGreaterThan(0.2);
  expect(opacityOf(0.2)).toBeLessThan(opacityOf(0.3));
});
