import { type IntTensor, int32 } from '../../numbers/tensor.ts';
import type { Sample } from '../../record/sample.ts';

/** A batch of contexts [batch, context], of which the first `count` are real and the rest repeat the last. */
export interface Batch {
  readonly tokens: IntTensor;
  readonly count: number;
}

/** Gathers a sample's contexts into batches. */
export function batchesOf(sample: Sample, batch: number): Batch[] {
  const batches: Batch[] = [];
  let rows: Int32Array[] = [];
  for (const { tokens } of sample) {
    rows.push(tokens);
    if (rows.length < batch) continue;
    batches.push(batchOf(rows, batch, sample.length));
    rows = [];
  }
  if (rows.length > 0) batches.push(batchOf(rows, batch, sample.length));
  return batches;
}

function batchOf(rows: readonly Int32Array[], batch: number, length: number): Batch {
  const tokens = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) tokens.set(rows[Math.min(row, rows.length - 1)], row * length);
  return { tokens: int32([batch, length], tokens), count: rows.length };
}
