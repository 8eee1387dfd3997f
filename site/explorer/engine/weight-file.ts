import { UserError } from '../../../pipeline/errors/user-error.ts';
import { bytesPerValue, decodeFloats, type FloatFormat } from '../../../pipeline/files/float-formats.ts';
import { floatFormat, headerLength, parseLayout } from '../../../pipeline/files/safetensors/layout.ts';
import { type FloatTensor, float32, type Shape } from '../../../pipeline/numbers/tensor.ts';

/** A safetensors file in memory, as it is stored; numbers are decoded where they are asked for. */
export interface WeightFile {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** A whole tensor. Throws UserError where it is missing. */
  tensor(name: string): FloatTensor;
  /** Some rows of a matrix [row, column], one after the other. */
  rows(name: string, rows: Int32Array): Float32Array;
  /** Some columns of a matrix as rows, one after the other. */
  columns(name: string, columns: Int32Array): Float32Array;
}

interface Stored {
  readonly shape: Shape;
  readonly format: FloatFormat;
  readonly bytes: Uint8Array;
}

export function openWeightFile(bytes: Uint8Array, path: string): WeightFile {
  const header = bytes.subarray(8, 8 + headerLength(bytes, bytes.length, path));
  const { entries, dataStart } = parseLayout(header, bytes.length, path);
  const find = (name: string): Stored => {
    const entry = entries.get(name);
    if (!entry) throw new UserError(`missing tensor: ${name} (${path})`);
    const data = bytes.subarray(dataStart + entry.begin, dataStart + entry.end);
    return { shape: entry.shape, format: floatFormat(entry, name, path), bytes: data };
  };
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    tensor: (name) => wholeOf(find(name)),
    rows: (name, rows) => rowsOf(find(name), rows),
    columns: (name, columns) => columnsOf(find(name), columns),
  };
}

function wholeOf({ shape, format, bytes }: Stored): FloatTensor {
  const tensor = float32(shape);
  decodeFloats(format, bytes, tensor.data, 0);
  return tensor;
}

function rowsOf({ shape, format, bytes }: Stored, rows: Int32Array): Float32Array {
  const width = shape[1];
  const rowBytes = width * bytesPerValue[format];
  const found = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    decodeFloats(format, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), found, i * width);
  });
  return found;
}

function columnsOf({ shape, format, bytes }: Stored, columns: Int32Array): Float32Array {
  const [height = 1, width = 1] = shape;
  const size = bytesPerValue[format];
  const found = new Float32Array(columns.length * height);
  columns.forEach((column, i) => {
    for (let row = 0; row < height; row++) {
      const at = (row * width + column) * size;
      decodeFloats(format, bytes.subarray(at, at + size), found, i * height + row);
    }
  });
  return found;
}
