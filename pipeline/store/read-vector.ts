import type { Vector } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { Columns, ColumnType } from './column-types.ts';
import { isNumberKind, type NumberKind } from './pack-numbers.ts';

type NumberArray = Int32Array | Float32Array | Float64Array;

// A leading U+FEFF is part of a token, not a mark to drop.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a column has in a row, made when it is asked for: who reads a few rows at a time keeps no others. */
export type Cells = (row: number) => unknown;

/**
 * The first `count` values of a DuckDB vector, each a ValueOf the column, or null where the vector says so. All that the vector
 * has is copied at once. Lists of numbers are views into one copy of all the items, so that nothing is converted one by one.
 */
export function readVector(vector: Vector, column: ColumnType, count: number): Cells {
  if (count === 0) return noCells;
  if (column.kind === 'nullable') return readVector(vector, column.of, count);
  const valid = validityOf(vector, count);
  const cells = readCells(vector, column, count, valid);
  if (!valid) return cells;
  const none = column.kind === 'bound' ? column.none : null;
  return (row) => (valid(row) ? cells(row) : none);
}

/** Whether a vector lacks any of its first `count` values. */
export const hasNulls = (vector: Vector, count: number): boolean => validityOf(vector, count) !== undefined;

const noCells: Cells = () => undefined;

function readCells(
  vector: Vector,
  column: Exclude<ColumnType, { readonly kind: 'nullable' }>,
  count: number,
  valid: Validity | undefined,
): Cells {
  switch (column.kind) {
    case 'list':
      return readList(vector, column.item, count);
    case 'struct':
      return readStruct(vector, column.fields, count);
    case 'bound':
      return cellsOf(readNumbers(vector, 'double', count));
    case 'bool': {
      const bytes = copyOf(vector, count);
      return (row) => bytes[row] !== 0;
    }
    case 'text':
      return readTexts(vector, count, valid);
    case 'blob':
      return readBlobs(vector, count, valid);
    default:
      return cellsOf(readNumbers(vector, column.kind, count));
  }
}

const cellsOf =
  (numbers: NumberArray): Cells =>
  (row) =>
    numbers[row];

type RowMaker = (columns: readonly Cells[]) => (row: number) => object;

/** By the names of its columns, what makes rows of them. */
const makers = new Map<string, RowMaker>();

/** Makes rows of named columns, as objects. */
export function rowsOf(names: readonly string[], columns: readonly Cells[]): (row: number) => object {
  const key = JSON.stringify(names);
  const maker = makers.get(key) ?? compileMaker(names);
  makers.set(key, maker);
  return maker(columns);
}

/** Written out for its names: an object made by one literal takes a fifth of the time of one filled name by name. */
function compileMaker(names: readonly string[]): RowMaker {
  const places = names.map((_, i) => `c${i}`).join(', ');
  const fields = names.map((name, i) => `${JSON.stringify(name)}: c${i}(row)`).join(', ');
  return new Function('columns', `const [${places}] = columns; return (row) => ({ ${fields} });`) as RowMaker;
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

function readList(vector: Vector, item: ColumnType, count: number): Cells {
  // Two 64-bit numbers a row, where the list starts and its length; neither needs its upper half.
  const entries = new Uint32Array(copyOf(vector, count * 16).buffer);
  const child = duckdb.list_vector_get_child(vector);
  const size = duckdb.list_vector_get_size(vector);
  const partOf = isNumberKind(item.kind)
    ? numberParts(readNumbers(child, item.kind, size))
    : listParts(readVector(child, item, size));
  return (row) => partOf(entries[4 * row], entries[4 * row] + entries[4 * row + 2]);
}

type PartOf = (start: number, end: number) => unknown;

const numberParts =
  (items: NumberArray): PartOf =>
  (start, end) =>
    items.subarray(start, end);

const listParts =
  (cells: Cells): PartOf =>
  (start, end) => {
    const list: unknown[] = [];
    for (let i = start; i < end; i++) list.push(cells(i));
    return list;
  };

function readStruct(vector: Vector, fields: Columns, count: number): Cells {
  const columns = Object.values(fields).map((type, i) =>
    readVector(duckdb.struct_vector_get_child(vector, i), type, count),
  );
  return rowsOf(Object.keys(fields), columns);
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
function readTexts(vector: Vector, count: number, valid: Validity | undefined): Cells {
  const bytes = new ByteStrings(copyOf(vector, count * 16).buffer);
  const long = bytes.long(count, valid, (own) => utf8.decode(own));
  let last = '';
  let before = -1;
  return (row) => {
    const known = long.get(row);
    if (known !== undefined) return known;
    if (before < 0 || !bytes.isSame(row, before)) last = utf8.decode(bytes.short(row));
    before = row;
    return last;
  };
}

function readBlobs(vector: Vector, count: number, valid: Validity | undefined): Cells {
  const bytes = new ByteStrings(copyOf(vector, count * 16).buffer);
  const long = bytes.long(count, valid, (own) => new Uint8Array(own));
  return (row) => long.get(row) ?? new Uint8Array(bytes.short(row));
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

  /** Those that lie elsewhere, by row, copied while the vector is there. A row without a value has no length of its own. */
  long<T>(count: number, valid: Validity | undefined, copyOf: (bytes: Uint8Array) => T): ReadonlyMap<number, T> {
    const found = new Map<number, T>();
    for (let i = 0; i < count; i++) {
      const length = this.#entries[4 * i];
      if (length > SHORT && (!valid || valid(i)))
        found.set(i, copyOf(duckdb.get_data_from_pointer(this.#buffer, i * 16 + 8, length)));
    }
    return found;
  }

  short(i: number): Uint8Array {
    return new Uint8Array(this.#buffer, i * 16 + 4, this.#entries[4 * i]);
  }

  /** Whether two that are held in place are the same: their entries are, unused bytes being zero. */
  isSame(i: number, j: number): boolean {
    const [entries, a, b] = [this.#entries, 4 * i, 4 * j];
    if (entries[a] !== entries[b]) return false;
    return entries[a + 1] === entries[b + 1] && entries[a + 2] === entries[b + 2] && entries[a + 3] === entries[b + 3];
  }
}

/** A copy, since the vector's own memory goes with its chunk. */
function copyOf(vector: Vector, byteCount: number): Uint8Array<ArrayBuffer> {
  return byteCount === 0 ? new Uint8Array(0) : new Uint8Array(duckdb.vector_get_data(vector, byteCount));
}
