import type { Vector } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { Columns, ColumnType } from './column-types.ts';
import { isNumberKind, type NumberKind } from './pack-numbers.ts';

type NumberArray = Int32Array | Float32Array | Float64Array;

// A leading U+FEFF is part of a token, not a mark to drop.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The first `count` values of a DuckDB vector, each a ValueOf the column, or null where the vector says so; numbers without
 * nulls come as a typed array. Lists of numbers are views into one copy of all the items, so that nothing is converted one by one.
 */
export function readVector(vector: Vector, column: ColumnType, count: number): ArrayLike<unknown> {
  if (count === 0) return [];
  if (column.kind === 'nullable') return readVector(vector, column.of, count);
  const valid = validityOf(vector, count);
  switch (column.kind) {
    case 'list':
      return readList(vector, column.item, count, valid);
    case 'struct':
      return withNulls(readStruct(vector, column.fields, count), valid, null);
    case 'bound':
      return withNulls(readNumbers(vector, 'double', count), valid, column.none);
    case 'bool':
      return withNulls(
        Array.from(copyOf(vector, count), (value) => value !== 0),
        valid,
        null,
      );
    case 'text':
      return readTexts(vector, count, valid);
    case 'blob':
      return readBytes(vector, count, valid, (bytes, i) => new Uint8Array(bytes.at(i)));
    default:
      return withNulls(readNumbers(vector, column.kind, count), valid, null);
  }
}

function withNulls<T, N>(values: ArrayLike<T>, valid: Validity | undefined, none: N): ArrayLike<T | N> {
  return valid ? Array.from(values, (value, i) => (valid(i) ? value : none)) : values;
}

type Zip = (columns: readonly ArrayLike<unknown>[], count: number) => object[];

/** By the names of its columns, what makes rows of them. */
const zips = new Map<string, Zip>();

/** Rows of named columns, as objects. */
export function zipRows(names: readonly string[], columns: readonly ArrayLike<unknown>[], count: number): object[] {
  const key = JSON.stringify(names);
  const zip = zips.get(key) ?? compileZip(names);
  zips.set(key, zip);
  return zip(columns, count);
}

/** Written out for its names: an object made by one literal takes a fifth of the time of one filled name by name. */
function compileZip(names: readonly string[]): Zip {
  const places = names.map((_, i) => `c${i}`).join(', ');
  const fields = names.map((name, i) => `${JSON.stringify(name)}: c${i}[row]`).join(', ');
  const body = `const [${places}] = columns, rows = [];
    for (let row = 0; row < count; row++) rows.push({ ${fields} });
    return rows;`;
  return new Function('columns', 'count', body) as Zip;
}

type Validity = (index: number) => boolean;

/** Undefined where there are no nulls. */
function validityOf(vector: Vector, count: number): Validity | undefined {
  // The bindings answer null for a vector without nulls, though their types do not say so.
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (!bits || isAllSet(bits, count)) return undefined;
  return (index) => (bits[index >> 3] & (1 << (index & 7))) !== 0;
}

/** DuckDB marks a vector as one with nulls that has none at times. */
function isAllSet(bits: Uint8Array, count: number): boolean {
  const whole = count >> 3;
  for (let i = 0; i < whole; i++) if (bits[i] !== 0xff) return false;
  const rest = (1 << (count & 7)) - 1;
  return rest === 0 || (bits[whole] & rest) === rest;
}

function readList(vector: Vector, item: ColumnType, count: number, valid: Validity | undefined): unknown[] {
  // Two 64-bit numbers a row, where the list starts and its length; neither needs its upper half.
  const entries = new Uint32Array(copyOf(vector, count * 16).buffer);
  const child = duckdb.list_vector_get_child(vector);
  const size = duckdb.list_vector_get_size(vector);
  const partOf = isNumberKind(item.kind)
    ? numberParts(readNumbers(child, item.kind, size))
    : listParts(readVector(child, item, size));
  const lists: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const start = entries[4 * i];
    lists.push(valid && !valid(i) ? null : partOf(start, start + entries[4 * i + 2]));
  }
  return lists;
}

type PartOf = (start: number, end: number) => unknown;

const numberParts =
  (items: NumberArray): PartOf =>
  (start, end) =>
    items.subarray(start, end);

function listParts(items: ArrayLike<unknown>): PartOf {
  const list = Array.isArray(items) ? items : Array.from(items);
  return (start, end) => list.slice(start, end);
}

function readStruct(vector: Vector, fields: Columns, count: number): object[] {
  const columns = Object.values(fields).map((type, i) =>
    readVector(duckdb.struct_vector_get_child(vector, i), type, count),
  );
  return zipRows(Object.keys(fields), columns, count);
}

function readNumbers(vector: Vector, kind: NumberKind, count: number): NumberArray {
  switch (kind) {
    case 'int':
      return new Int32Array(copyOf(vector, count * 4).buffer);
    case 'float':
      return new Float32Array(copyOf(vector, count * 4).buffer);
    case 'double':
      return new Float64Array(copyOf(vector, count * 8).buffer);
    case 'bigint':
      return readBigInts(vector, count);
  }
}

/** 64-bit integers by their halves: a BigInt for each would take many times as long. */
function readBigInts(vector: Vector, count: number): Float64Array {
  const { buffer } = copyOf(vector, count * 8);
  const low = new Uint32Array(buffer);
  const high = new Int32Array(buffer);
  return Float64Array.from({ length: count }, (_, i) => high[2 * i + 1] * 2 ** 32 + low[2 * i]);
}

/** Texts that repeat from row to row, as in a sorted table, are decoded once. */
function readTexts(vector: Vector, count: number, valid: Validity | undefined): (string | null)[] {
  let last = '';
  let before = -1;
  return readBytes(vector, count, valid, (bytes, i) => {
    if (before < 0 || !bytes.isSameShort(i, before)) last = utf8.decode(bytes.at(i));
    before = i;
    return last;
  });
}

function readBytes<T>(
  vector: Vector,
  count: number,
  valid: Validity | undefined,
  decode: (bytes: ByteStrings, i: number) => T,
): (T | null)[] {
  const bytes = new ByteStrings(copyOf(vector, count * 16).buffer);
  const values: (T | null)[] = [];
  for (let i = 0; i < count; i++) values.push(valid && !valid(i) ? null : decode(bytes, i));
  return values;
}

/** Bytes of a string that DuckDB holds in place. */
const SHORT = 12;

/** DuckDB's strings: each a length, then up to 12 bytes in place, or a prefix of four and a pointer. */
class ByteStrings {
  readonly #buffer: ArrayBuffer;
  readonly #entries: Uint32Array;

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
    this.#entries = new Uint32Array(buffer);
  }

  at(i: number): Uint8Array {
    const length = this.#entries[4 * i];
    return length <= SHORT
      ? new Uint8Array(this.#buffer, i * 16 + 4, length)
      : duckdb.get_data_from_pointer(this.#buffer, i * 16 + 8, length);
  }

  /** Whether two strings that are held in place are the same: their entries are, unused bytes being zero. */
  isSameShort(i: number, j: number): boolean {
    const [entries, a, b] = [this.#entries, 4 * i, 4 * j];
    if (entries[a] > SHORT || entries[a] !== entries[b]) return false;
    return entries[a + 1] === entries[b + 1] && entries[a + 2] === entries[b + 2] && entries[a + 3] === entries[b + 3];
  }
}

/** A copy, since the vector's own memory goes with its chunk. */
function copyOf(vector: Vector, byteCount: number): Uint8Array<ArrayBuffer> {
  return byteCount === 0 ? new Uint8Array(0) : new Uint8Array(duckdb.vector_get_data(vector, byteCount));
}
