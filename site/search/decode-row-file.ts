import { DataType, type Field, MessageHeader, MessageReader } from 'apache-arrow';
import type { ColumnName } from './format.ts';
import type { RowFile, ShownRole } from './row-file.ts';

/**
 * The columns of what `encodeRowFile` wrote: an Arrow stream of a schema and one batch, without nulls, of unsigned integers
 * and lists of them. Arrow's message reader alone takes half the bytes of its tables, which read any stream.
 * Throws Error naming what is not so.
 */
export function decodeRowFile(bytes: Uint8Array): RowFile {
  const columns = readColumns(bytes);
  const column = (name: string): Integers => {
    const values = columns.get(name);
    if (!values) throw new Error(`a file of search rows has no column ${name}`);
    return values;
  };
  const numbers = (name: ColumnName) => Uint16Array.from(column(name));
  const places = (role: ShownRole) => Uint32Array.from(column(role));
  return {
    numbers: {
      density: numbers('density'),
      max_activation: numbers('max_activation'),
      top_head: numbers('top_head'),
      top_head_weight: numbers('top_head_weight'),
      family: numbers('family'),
    },
    tokens: { activating: places('activating'), promoted: places('promoted') },
  };
}

type Integers = Uint16Array | Uint32Array;

/** Columns by name, those of lists as the elements of all. */
function readColumns(bytes: Uint8Array): Map<string, Integers> {
  const reader = new MessageReader(bytes);
  const schema = reader.readSchema();
  const message = reader.readMessage(MessageHeader.RecordBatch);
  if (!schema || !message) throw new Error('a file of search rows has no rows');
  const { nodes, buffers } = message.header();
  const body = reader.readMessageBody(message.bodyLength);
  // Depth first, a field has a node and a buffer of nulls, one of integers a buffer of values besides.
  const [nextNode, nextBuffer] = [walk(nodes), walk(buffers)];
  const read = ({ name, type }: Field): Integers => {
    const { length } = nextNode();
    nextBuffer();
    if (DataType.isFixedSizeList(type)) return read(type.children[0]);
    const from = body.byteOffset + nextBuffer().offset;
    if (isUnsigned(type, 16)) return new Uint16Array(body.buffer, from, length);
    if (isUnsigned(type, 32)) return new Uint32Array(body.buffer, from, length);
    throw new Error(`a file of search rows has a column ${name} of ${type}`);
  };
  return new Map(schema.fields.map((field: Field) => [field.name, read(field)]));
}

const isUnsigned = (type: DataType, bits: number) => DataType.isInt(type) && !type.isSigned && type.bitWidth === bits;

function walk<T>(values: readonly T[]): () => T {
  let at = 0;
  return () => values[at++];
}
