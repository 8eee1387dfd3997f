import { describe, expect, it } from 'vitest';
import { cellOf } from '../../../pipeline/training/sae/revive-cell.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import { tinyShape, tinyState } from './tiny-state.ts';

const width = widthOf(tinyShape);

/** Tokens whose products with the first axis are as given. */
async function withProducts(products: readonly number[]) {
  const state = await tinyState();
  products.forEach((product, token) => {
    state.floats.x[token * width] = product;
  });
  const direction = new Float32Array(width);
  direction[0] = 1;
  return (token: number) => cellOf(state, { token, direction, error: 3, level: 1 });
}

describe('the cell of a token', () => {
  it('has the tokens before it and the next, in falling order, of equal ones the first first', async () => {
    const cell = await withProducts([2, 5, 1, 5, 3, -1]);
    expect(cell(1)?.tokens).toEqual([1, 3]);
    expect(cell(3)?.tokens).toEqual([1, 3, 4]);
    expect(cell(4)?.tokens).toEqual([1, 3, 4, 0]);
  });

  it('is none where too many tokens come before it, or its product is not positive', async () => {
    const cell = await withProducts([2, 5, 1, 5, 3, -1]);
    expect(cell(2)).toBeUndefined();
    expect((await withProducts([-2, -5, -1, -6, -3, -4]))(2)).toBeUndefined();
  });

  it('gives its greatest product the strength asked for and its least the usual level', async () => {
    const cell = withProducts([4.5, 5, 1, 4.8, 3, -1]);
    const { gain = 0, begins = 0 } = (await cell)(3) ?? {};
    expect(gain * (5 - begins)).toBeCloseTo(2, 5);
    expect(gain * (4.5 - begins)).toBeGreaterThanOrEqual(1 - 1e-6);
  });
});
