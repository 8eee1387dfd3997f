import type { Engine } from '../../../engine/program.ts';
import { float32 } from '../../../numbers/tensor.ts';
import { readRow } from '../../../numbers/tensor-rows.ts';
import { encodeProgram } from '../../../record/programs.ts';
import { inputScaleOf } from '../../../sae/input-normalization.ts';
import type { Sae } from '../../../sae/sae.ts';
import type { Seen } from './snapshots.ts';

/** Feature activations at one position of each prompt: features active there, ascending, with their values. */
export type ActiveAt = ReadonlyMap<number, number>;

const rows = 32;

/** Encodes one x [dIn], what the SAE reads, of each of many prompts, 32 at a time. */
export async function encodeRows(engine: Engine, sae: Sae, all: readonly Float32Array[]): Promise<ActiveAt[]> {
  const encode = await engine.compile(encodeProgram(sae, rows));
  const active: ActiveAt[] = [];
  for (let at = 0; at < all.length; at += rows) {
    const own = all.slice(at, at + rows);
    const x = float32([rows, sae.dIn]);
    own.forEach((row, i) => x.data.set(row, i * sae.dIn));
    const { f } = await encode({ x });
    for (const i of own.keys()) active.push(positive(f.data.subarray(i * sae.dSae, (i + 1) * sae.dSae)));
  }
  await encode.dispose();
  return active;
}

function positive(values: ArrayLike<number>): ActiveAt {
  const active = new Map<number, number>();
  for (let feature = 0; feature < values.length; feature++) {
    const value = values[feature];
    if (value > 0) active.set(feature, value);
  }
  return active;
}

/** What an SAE reads of a prompt at S2 [dIn]. */
export const readBy = ({ x }: Pick<Seen, 'x'>, { id }: Sae): Float32Array => x.get(id) ?? new Float32Array();

/** value·wDec[feature], what a feature of that activation adds to the x̂ of x, scaled back as it is. */
export function written(sae: Sae, feature: number, value: number, x: Float32Array): Float32Array {
  const { wDec, dIn, normalization } = sae;
  const scaled = value * inputScaleOf(normalization, x).back;
  const row = new Float32Array(dIn);
  readRow(wDec, feature, row);
  return row.map((weight) => weight * scaled);
}
