import { type IntTensor, int32 } from '../core/tensor.ts';

/** A batch of contexts [batch, context], of which the first `count` are real and the rest repeat the last. */
export interface Batch {
  readonly tokens: IntTensor;
  readonly count: number;
}

/** Fewer contexts a pass than `batch` where their logits would take more than 256 MiB. */
export function fittingBatch(batch: number, logitsPerContext: number): number {
  return Math.max(1, Math.min(batch, Math.floor(2 ** 26 / logitsPerContext)));
}

/** Gathers contexts of `length` tokens into batches. */
export async function batchesOf(
  contexts: AsyncIterable<Int32Array> | Iterable<Int32Array>,
  batch: number,
  length: number,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  let rows: Int32Array[] = [];
  for await (const context of contexts) {
    rows.push(context);
    if (rows.length < batch) continue;
    batches.push(batchOf(rows, batch, length));
    rows = [];
  }
  return rows.length > 0 ? [...batches, batchOf(rows, batch, length)] : batches;
}

function batchOf(rows: readonly Int32Array[], batch: number, length: number): Batch {
  const tokens = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) tokens.set(rows[Math.min(row, rows.length - 1)] ?? [], row * length);
  return { tokens: int32([batch, length], tokens), count: rows.length };
}
