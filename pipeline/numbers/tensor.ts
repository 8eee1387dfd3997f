export type DType = 'float32' | 'int32' | 'bool';
export type Shape = readonly number[];
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** A dense row-major tensor in host memory; bool is held as bytes 0 and 1. */
export interface HostTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of a tensor in a file they are read anew where nobody holds them: to be held where they are used again and again. */
  readonly data: TensorData;
  readonly file?: ValuesFile;
}

/** A file of a tensor's values, as they are in memory, and of none but its own matrix's. */
interface ValuesFile {
  readonly path: string;
  /** Values of the file that come before the tensor's; none unless told. */
  readonly before?: number;
  /** Fills `into` with the values from number `at` on. */
  read(into: Float32Array, at: number): void;
}

export interface FloatTensor extends HostTensor {
  readonly dtype: 'float32';
  readonly data: Float32Array;
}

export interface IntTensor extends HostTensor {
  readonly dtype: 'int32';
  readonly data: Int32Array;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** A float32 tensor of the given shape, zero unless data is given. Throws RangeError when the sizes differ. */
export function float32(shape: Shape, data: Float32Array = new Float32Array(sizeOf(shape))): FloatTensor {
  checkSize(shape, data);
  return { shape, dtype: 'float32', data };
}

/** An int32 tensor of the given shape, zero unless data is given. Throws RangeError when the sizes differ. */
export function int32(shape: Shape, data: Int32Array = new Int32Array(sizeOf(shape))): IntTensor {
  checkSize(shape, data);
  return { shape, dtype: 'int32', data };
}

function checkSize(shape: Shape, data: TensorData): void {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`tensor [${shape.join(', ')}] needs ${sizeOf(shape)} values, got ${data.length}`);
  }
}

/** Whether two shapes are equal, dimension by dimension. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}
