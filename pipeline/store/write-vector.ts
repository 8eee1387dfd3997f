import type { Vector } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { Columns, ColumnType } from './column-types.ts';
import { arrayOf, boolOf, bytesOf, emptyOf, fieldOf, textOf } from './column-values.ts';
import { isNumberKind, packNumbers } from './pack-numbers.ts';

const utf8 = new TextEncoder();

/**
 * Fills a DuckDB vector with a column of values, each an InputOf the column; lists of numbers go by bulk copy.
 * A lone surrogate becomes U+FFFD, since UTF-8 has no bytes for it. Throws TypeError on a value of another type.
 */
export function writeVector(vector: Vector, column: ColumnType, values: readonly unknown[]): void {
  switch (column.kind) {
    case 'nullable':
      writeNullable(vector, column.of, values);
      break;
    case 'bound':
      writeNullable(
        vector,
        { kind: 'double' },
        values.map((value) => (value === column.none ? null : value)),
      );
      break;
    case 'list':
      writeList(vector, column.item, values.map(arrayOf));
      break;
    case 'struct':
      writeStruct(vector, Object.entries(column.fields), values);
      break;
    case 'bool':
      copy(
        vector,
        Uint8Array.from(values, (value) => (boolOf(value) ? 1 : 0)),
      );
      break;
    case 'text':
      writeBytes(
        vector,
        values.map((value) => utf8.encode(textOf(value))),
      );
      break;
    case 'blob':
      writeBytes(vector, values.map(bytesOf));
      break;
    default:
      copy(vector, packNumbers(column.kind, [values]));
  }
}

function writeStruct(vector: Vector, fields: readonly [string, ColumnType][], values: readonly unknown[]): void {
  for (const [i, [name, type]] of fields.entries()) {
    const field = values.map((value) => (value === null && mayBeNull(type) ? null : fieldOf(value, name)));
    writeVector(duckdb.struct_vector_get_child(vector, i), type, field);
  }
}

function writeNullable(vector: Vector, column: ColumnType, values: readonly unknown[]): void {
  const empty = emptyOf(column);
  const bits = new Uint8Array(Math.ceil(values.length / 64) * 8);
  values.forEach((value, i) => {
    if (value !== null) bits[i >> 3] = bits[i >> 3] | (1 << (i & 7));
  });
  if (column.kind === 'struct') writeStruct(vector, nullableFields(column.fields), values);
  else
    writeVector(
      vector,
      column,
      values.map((value) => value ?? empty),
    );
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.byteLength);
}

const mayBeNull = ({ kind }: ColumnType): boolean => kind === 'nullable' || kind === 'bound';

/** The Parquet writer takes a struct to be null only where its fields are, and shifts their values otherwise. */
function nullableFields(fields: Columns): [string, ColumnType][] {
  return Object.entries(fields).map(([name, type]) => [name, mayBeNull(type) ? type : { kind: 'nullable', of: type }]);
}

function writeList(vector: Vector, item: ColumnType, lists: readonly ArrayLike<unknown>[]): void {
  const child = writeEntries(
    vector,
    lists.map((items) => items.length),
  );
  if (isNumberKind(item.kind)) copy(child, packNumbers(item.kind, lists));
  else
    writeVector(
      child,
      item,
      lists.flatMap((items) => Array.from(items)),
    );
}

/** Writes the (offset, length) pairs of a list vector; returns its child, sized for all the items. */
function writeEntries(vector: Vector, lengths: readonly number[]): Vector {
  const entries = new BigUint64Array(lengths.length * 2);
  let offset = 0;
  for (const [i, length] of lengths.entries()) {
    entries[2 * i] = BigInt(offset);
    entries[2 * i + 1] = BigInt(length);
    offset += length;
  }
  duckdb.list_vector_reserve(vector, offset);
  duckdb.list_vector_set_size(vector, offset);
  copy(vector, entries);
  return duckdb.list_vector_get_child(vector);
}

function writeBytes(vector: Vector, values: readonly Uint8Array[]): void {
  values.forEach((bytes, i) => {
    duckdb.vector_assign_string_element_len(vector, i, bytes);
  });
}

function copy(vector: Vector, data: ArrayBufferView<ArrayBuffer>): void {
  duckdb.copy_data_to_vector(vector, 0, data.buffer, data.byteOffset, data.byteLength);
}
