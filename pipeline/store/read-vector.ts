import type { Vector } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { Columns, ColumnType } from './column-types.ts';
import { isNumberKind, type NumberKind } from './pack-numbers.ts';

type NumberArray = Int32Array | Float32Array | Float64Array;

// A leading U+FEFF is part of a token, not a mark to drop.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The first `count` values of a DuckDB vector, each a ValueOf the column, or null where the vector says so.
 * Lists of numbers are views into one copy of all the items, so that nothing is converted one by one.
 */
export function readVector(vector: Vector, column: ColumnType, count: number): unknown[] {
  if (count === 0) return [];
  if (column.kind === 'nullable') return readVector(vector, column.of, count);
  const valid = validityOf(vector, count);
  switch (column.kind) {
    case 'list':
      return readList(vector, column.item, count, valid);
    case 'struct':
      return readStruct(vector, column.fields, count).map((value, i) => (valid(i) ? value : null));
    case 'bound':
      return Array.from(readNumbers(vector, 'double', count), (value, i) => (valid(i) ? value : column.none));
    case 'bool':
      return Array.from(new Uint8Array(copyOf(vector, count)), (value, i) => (valid(i) ? value !== 0 : null));
    case 'text':
      return readBytes(vector, count, valid, (bytes) => utf8.decode(bytes));
    case 'blob':
      return readBytes(vector, count, valid, (bytes) => new Uint8Array(bytes));
    default:
      return Array.from(readNumbers(vector, column.kind, count), (value, i) => (valid(i) ? value : null));
  }
}

/** Rows of named columns, as objects. */
export function zipRows(names: readonly string[], columns: readonly (readonly unknown[])[], count: number): object[] {
  return Array.from({ length: count }, (_, row) => {
    const value: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) value[names[i]] = columns[i][row];
    return value;
  });
}

type Validity = (index: number) => boolean;

function validityOf(vector: Vector, count: number): Validity {
  // The bindings answer null for a vector without nulls, though their types do not say so.
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (!bits) return () => true;
  return (index) => (bits[index >> 3] & (1 << (index & 7))) !== 0;
}

function readList(vector: Vector, item: ColumnType, count: number, valid: Validity): unknown[] {
  const entries = new BigUint64Array(copyOf(vector, count * 16));
  const child = duckdb.list_vector_get_child(vector);
  const size = duckdb.list_vector_get_size(vector);
  const items = isNumberKind(item.kind) ? readNumbers(child, item.kind, size) : readVector(child, item, size);
  return Array.from({ length: count }, (_, i) => {
    if (!valid(i)) return null;
    const start = Number(entries[2 * i]);
    const end = start + Number(entries[2 * i + 1]);
    return Array.isArray(items) ? items.slice(start, end) : items.subarray(start, end);
  });
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
      return new Int32Array(copyOf(vector, count * 4));
    case 'float':
      return new Float32Array(copyOf(vector, count * 4));
    case 'double':
      return new Float64Array(copyOf(vector, count * 8));
    case 'bigint':
      return Float64Array.from(new BigInt64Array(copyOf(vector, count * 8)), Number);
  }
}

/** DuckDB's string: a length, then up to 12 bytes in place, or a prefix of four and a pointer. */
function readBytes<T>(vector: Vector, count: number, valid: Validity, decode: (bytes: Uint8Array) => T): (T | null)[] {
  const strings = copyOf(vector, count * 16);
  const view = new DataView(strings);
  return Array.from({ length: count }, (_, i) => {
    if (!valid(i)) return null;
    const length = view.getUint32(i * 16, true);
    if (length <= 12) return decode(new Uint8Array(strings, i * 16 + 4, length));
    return decode(duckdb.get_data_from_pointer(strings, i * 16 + 8, length));
  });
}

/** A copy, since the vector's own memory goes with its chunk. */
function copyOf(vector: Vector, byteCount: number): ArrayBuffer {
  return byteCount === 0 ? new ArrayBuffer(0) : Uint8Array.from(duckdb.vector_get_data(vector, byteCount)).buffer;
}
