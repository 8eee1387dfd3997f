import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AttributionLog, startOfAttributions as start } from '../../pipeline/record/attribution-log.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

const shape = { length: 2, heads: 1 };

const rowsOf = (bySource: number[], byHead: number[], outputBias: number[]) => ({
  bySource: Float32Array.from(bySource),
  byHead: Float32Array.from(byHead),
  outputBias: Float32Array.from(outputBias),
});

function valuesOf(log: AttributionLog): number[][] {
  const all = log.read([...Array(log.records).keys()]);
  return all.map(({ bySource, byHead, outputBias }) => [...bySource, ...byHead, outputBias]);
}

describe('the attribution log', () => {
  it('numbers its records from 0 and reads them back', async () => {
    const log = await AttributionLog.open(await temporaryFolder(), '0', shape, start);
    expect(log.append(rowsOf([1, 2, 3, 4], [10, 20], [0.5, 0.25]))).toBe(0);
    expect(log.append(rowsOf([5, 6], [30], [0]))).toBe(2);
    expect(valuesOf(log)).toEqual([
      [1, 2, 10, 0.5],
      [3, 4, 20, 0.25],
      [5, 6, 30, 0],
    ]);
    await log.close();
  });

  it('keeps the living records, numbered anew, when it is compacted', async () => {
    const folder = await temporaryFolder();
    const log = await AttributionLog.open(folder, '0', shape, start);
    log.append(rowsOf([1, 2, 3, 4, 5, 6], [10, 20, 30], [1, 2, 3]));
    await log.compact([0, 2]);
    expect(valuesOf(log)).toEqual([
      [1, 2, 10, 1],
      [5, 6, 30, 3],
    ]);
    await log.flush();
    expect(await readdir(folder)).toHaveLength(2);
    await log.forget();
    expect(await readdir(folder)).toEqual(['attributions-0.1.bin']);
    await log.close();
  });
});
