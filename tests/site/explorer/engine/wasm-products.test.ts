import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { turnTallProducts } from '../../../../site/explorer/engine/wasm-products.ts';

it('gives the products that the backend gives by itself, of tall and of other matrices, and keeps nothing', async () => {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  const random = seededRandom(3);
  const matrix = (rows: number, columns: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => random() - 0.5),
      [rows, columns],
    );
  const cases = [
    { a: matrix(5, 7), b: matrix(1300, 7), turns: [false, true] },
    { a: matrix(1, 7), b: matrix(1024, 7), turns: [false, true] },
    { a: matrix(5, 7), b: matrix(9, 7), turns: [false, true] },
    { a: matrix(7, 5), b: matrix(1300, 7), turns: [true, true] },
    { a: matrix(5, 1300), b: matrix(1300, 7), turns: [false, false] },
  ] as const;
  const products = () => cases.map(({ a, b, turns: [left, right] }) => tf.matMul(a, b, left, right));
  const plain = products();
  turnTallProducts();
  turnTallProducts();
  const { numTensors, numDataBuffers } = tf.memory();
  const turned = products();
  for (const [i, product] of turned.entries()) {
    const expected = await plain[i]?.data();
    expect(product.shape).toEqual(plain[i]?.shape);
    (await product.data()).forEach((value, at) => {
      expect(Math.abs(value - (expected?.[at] ?? Number.NaN))).toBeLessThan(1e-5);
    });
  }
  tf.dispose(turned);
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
});
