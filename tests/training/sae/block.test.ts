import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedFile } from '../../../pipeline/disk/checksum.ts';
import { DiskFile } from '../../../pipeline/disk/disk-file.ts';
import { ActivationBlock, inFile, inMemory } from '../../../pipeline/training/sae/block.ts';
import { BlockStore } from '../../../pipeline/training/sae/block-store.ts';
import { normalizerOf } from '../../../pipeline/training/sae/normalizer.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-blocks-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const plain = { mean: Float32Array.of(1, 0), scale: 2, maxNorm: 100 };

describe('normalizerOf', () => {
  it('centres, scales to a mean norm of √dIn, and leaves out what is far larger', () => {
    const x = Float32Array.of(3, 0, -1, 0, 1, 2, 1, -2, 900, 0);
    const { mean, scale, maxNorm } = normalizerOf(x, 2);
    expect([...mean]).toEqual([1, 0]);
    expect(scale).toBeCloseTo(Math.SQRT2 / 2, 6);
    expect(maxNorm).toBeLessThan(900);
    expect(maxNorm).toBeGreaterThan(3);
  });
});

describe('ActivationBlock', () => {
  it('gives back centred and scaled tokens in any order, without outliers of either layer', () => {
    const shape = { layers: 2, dIn: 2, tokens: 3 };
    const block = new ActivationBlock(shape, inMemory(2 * 2 * 2 * 3));
    block.put([Float32Array.of(1, 1, 2, 2, 500, 3), Float32Array.of(4, 4, 5, 5, 6, 6)], [plain, plain]);
    expect(block.tokens).toBe(2);
    block.put([Float32Array.of(7, 7, 8, 8), Float32Array.of(9, 9, 10, 10)], [plain, plain]);
    expect(block.full).toBe(true);
    const rows = new Float32Array(8);
    block.read(1, Int32Array.of(2, 0), rows, 4);
    expect([...rows]).toEqual([16, 18, 0, 0, 6, 8, 0, 0]);
  });
});

describe('a block in a file', () => {
  it('tells of a file that ends too early, which it does not take for zeros', async () => {
    const path = join(dir, 'short.f16');
    const file = await DiskFile.create(path);
    const block = new ActivationBlock({ layers: 1, dIn: 2, tokens: 2 }, inFile(file));
    block.put([Float32Array.of(1, 1, 2, 2)], [plain]);
    await file.truncate(6);
    const rows = new Float32Array(2);
    block.read(0, Int32Array.of(0), rows, 2);
    expect([...rows]).toEqual([0, 2]);
    expect(() => block.read(0, Int32Array.of(1), rows, 2)).toThrow(new DamagedFile(path, 'it ends before byte 8'));
    await file.close();
  });
});

describe('BlockStore', () => {
  /** Tokens 0, 1, 2, …, the position counted in tokens. */
  const open = async (start: { readonly context: number }) => {
    let { context } = start;
    return {
      get position() {
        return { epoch: 0, context };
      },
      next: async () => [Float32Array.of(context++, 0)],
      close: async () => {},
    };
  };
  const options = {
    shape: { layers: 1, dIn: 2, tokens: 2 },
    normalizers: [{ ...plain, mean: Float32Array.of(0, 0), scale: 1 }],
    open,
  };
  const tokens = async (store: BlockStore, index: number) => {
    const rows = new Float32Array(4);
    (await store.block(index)).read(0, Int32Array.of(0, 1), rows, 2);
    return [rows[0], rows[2]];
  };

  it.each([{ folder: true }, { folder: false }])(
    'fills blocks one after the other and keeps them ($folder)',
    async ({ folder }) => {
      const store = new BlockStore({ ...options, keep: true, records: [], ...(folder ? { folder: dir } : {}) });
      expect([await tokens(store, 0), await tokens(store, 1), await tokens(store, 0)]).toEqual([
        [0, 1],
        [2, 3],
        [0, 1],
      ]);
      const again = new BlockStore({
        ...options,
        keep: true,
        records: store.records,
        ...(folder ? { folder: dir } : {}),
      });
      expect([await tokens(again, 1), await tokens(again, 2)]).toEqual([
        [2, 3],
        [4, 5],
      ]);
      await store.close();
      await again.close();
    },
  );
});
