import { firstNonFinite } from '../errors/non-finite.ts';
import type { ColumnType } from './column-types.ts';

export type NumberKind = 'int' | 'bigint' | 'float' | 'double';

export function isNumberKind(kind: ColumnType['kind']): kind is NumberKind {
  return kind === 'int' || kind === 'bigint' || kind === 'float' || kind === 'double';
}

/**
 * The lists' numbers one after another, in the bytes DuckDB holds them in. Throws TypeError on what does not fit, a number
 * that is not finite included.
 */
export function packNumbers(kind: NumberKind, lists: readonly ArrayLike<unknown>[]): ArrayBufferView<ArrayBuffer> {
  const total = lists.reduce((sum, items) => sum + items.length, 0);
  switch (kind) {
    case 'int':
      return pack(lists, new Int32Array(total), isInt32);
    case 'bigint':
      return packBigInts(lists, new BigInt64Array(total));
    case 'float':
      return finite(pack(lists, new Float32Array(total), isNumber));
    case 'double':
      return finite(pack(lists, new Float64Array(total), isNumber));
  }
}

type FlatArray = Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function pack(lists: readonly ArrayLike<unknown>[], packed: FlatArray, fits: Check): FlatArray {
  let offset = 0;
  for (const items of lists) {
    // A float32 or int32 list is what most values are: one copy, nothing to check.
    if (items instanceof Float32Array && !(packed instanceof Int32Array)) packed.set(items, offset);
    else if (items instanceof Int32Array) packed.set(items, offset);
    else for (let i = 0; i < items.length; i++) packed[offset + i] = checked(items[i], fits);
    offset += items.length;
  }
  return packed;
}

function packBigInts(lists: readonly ArrayLike<unknown>[], packed: BigInt64Array<ArrayBuffer>) {
  let offset = 0;
  for (const items of lists) {
    for (let i = 0; i < items.length; i++) packed[offset++] = BigInt(checked(items[i], isSafeInteger));
  }
  return packed;
}

function finite(packed: FlatArray): FlatArray {
  const at = firstNonFinite(packed);
  if (at >= 0) throw new TypeError(`expected a finite number, got ${packed[at]}`);
  return packed;
}

type Check = (value: unknown) => value is number;

function checked(value: unknown, fits: Check): number {
  if (!fits(value)) throw new TypeError(`expected a number that the column can hold, got ${String(value)}`);
  return value;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isInt32(value: unknown): value is number {
  return isNumber(value) && value === (value | 0);
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
