import type { Engine } from '../../engine/program.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { KeptNearest } from '../neighbours/maths/kept-nearest.ts';
import { nearestProgram } from '../neighbours/programs.ts';

/** Rows whose neighbours are looked for in one product. */
const rowsPerRun = 256;
/** 64 MiB of rows that they are compared with. */
const blockNumbers = 1 << 24;

/**
 * The k other rows of unit vectors [row, width] that each is nearest to, by the cosine and exactly: 2·n²·width
 * floating-point operations. `progress` hears of rows compared with a block.
 */
export async function nearestRows(
  engine: Engine,
  rows: FloatTensor,
  k: number,
  progress: (compared: number) => void = () => {},
): Promise<KeptNearest> {
  const [total, width] = rows.shape;
  const kept = new KeptNearest(total, k);
  const most = Math.max(1, Math.floor(blockNumbers / width));
  const wanted = Math.min(rowsPerRun, total);
  for (let from = 0; from < total; from += most) {
    const candidates = slice(rows, from, Math.min(total, from + most));
    // One more, as a row is nearest to itself.
    const count = Math.min(k + 1, candidates.shape[0]);
    const run = await engine.compile(nearestProgram(candidates, wanted, count));
    for (let first = 0; first < total; first += wanted) {
      const own = slice(rows, first, Math.min(total, first + wanted));
      const padded = float32([wanted, width]);
      padded.data.set(own.data);
      const { values, ids } = await run({ rows: padded });
      for (let i = 0; i < own.shape[0] * count; i++) {
        const [row, other] = [first + Math.floor(i / count), from + ids.data[i]];
        if (row !== other) kept.add(row, other, Math.min(1, values.data[i]));
      }
      progress(own.shape[0]);
    }
    await run.dispose();
  }
  return kept;
}

function slice({ data, shape: [, width] }: FloatTensor, from: number, to: number): FloatTensor {
  return float32([to - from, width], data.subarray(from * width, to * width));
}
