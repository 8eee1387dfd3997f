import { type Shape, sizeOf } from '../../numbers/tensor.ts';

export type GraphType = 'float32' | 'int32' | 'int64' | 'bool';

/** A named value of the graph under construction: an input, a constant or a node's output. */
export interface GraphValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: GraphType;
}

export type AttributeValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly fill: number; readonly dtype: GraphType };

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Bytes of a file from `offset` on. */
export interface FileBytes {
  readonly path: string;
  readonly offset: number;
}

/** A constant whose bytes are as ONNX stores them: little-endian, row-major; in memory or in a file. */
export interface Initializer extends GraphValue {
  readonly bytes: Uint8Array | FileBytes;
}

export const isInFile = (bytes: Initializer['bytes']): bytes is FileBytes => !(bytes instanceof Uint8Array);

/** Rows of a matrix in a file that are read before each run, by the numbers of an input. */
export interface Lookup extends GraphValue {
  /** Name of the constant that is the matrix. */
  readonly matrix: string;
  /** Name of the input. */
  readonly indices: string;
}

/** Collects the nodes and constants of one ONNX graph, giving each value a fresh name. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly lookups: Lookup[] = [];
  readonly #shared = new Map<string, GraphValue>();
  #count = 0;

  emit(
    op: string,
    inputs: readonly GraphValue[],
    shape: Shape,
    dtype: GraphType,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): GraphValue {
    const output = `${op}_${this.#count++}`;
    this.nodes.push({ op, inputs: inputs.map((input) => input.name), outputs: [output], attributes });
    return { name: output, shape: [...shape], dtype };
  }

  /** A node with two outputs of the same shape (TopK's values and indices). */
  emitTwo(
    op: string,
    inputs: readonly GraphValue[],
    shape: Shape,
    dtypes: readonly [GraphType, GraphType],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): [GraphValue, GraphValue] {
    const [first, second] = [`${op}_${this.#count++}`, `${op}_${this.#count++}`];
    this.nodes.push({ op, inputs: inputs.map((input) => input.name), outputs: [first, second], attributes });
    return [
      { name: first, shape: [...shape], dtype: dtypes[0] },
      { name: second, shape: [...shape], dtype: dtypes[1] },
    ];
  }

  /** The node that made a value, if a node did. */
  producer(value: GraphValue): GraphNode | undefined {
    return this.nodes.findLast((node) => node.outputs[0] === value.name);
  }

  /** Gives values other names, wherever a node has them. */
  rename(names: ReadonlyMap<string, string>): void {
    const nameOf = (name: string) => names.get(name) ?? name;
    for (const [i, { inputs, outputs, ...node }] of this.nodes.entries()) {
      this.nodes[i] = { ...node, inputs: inputs.map(nameOf), outputs: outputs.map(nameOf) };
    }
  }

  constant(
    bytes: Initializer['bytes'],
    shape: Shape,
    dtype: GraphType,
    name = `constant_${this.#count++}`,
  ): GraphValue {
    const initializer = { name, shape: [...shape], dtype, bytes };
    this.initializers.push(initializer);
    return initializer;
  }

  /**
   * Rows of a matrix in a file by the numbers of an input, read before each run; undefined of any other matrix or numbers.
   * A runtime that gathers them maps the file, and what it maps counts as memory, up to the whole.
   */
  lookup(matrix: GraphValue, indices: GraphValue): GraphValue | undefined {
    const liesInFile = this.initializers.some(({ name, bytes }) => name === matrix.name && isInFile(bytes));
    const input = this.#inputBehind(indices);
    const [, columns] = matrix.shape;
    if (!liesInFile || input === undefined || columns === undefined) return undefined;
    const name = `lookup_${this.#count++}`;
    const lookup = {
      name,
      shape: [...indices.shape, columns],
      dtype: matrix.dtype,
      matrix: matrix.name,
      indices: input,
    };
    this.lookups.push(lookup);
    return lookup;
  }

  /** The input that a value is, but for its shape. */
  #inputBehind(value: GraphValue): string | undefined {
    const node = this.producer(value);
    if (node?.op === 'Reshape') return this.#inputBehind({ ...value, name: node.inputs[0] });
    return node || this.initializers.some(({ name }) => name === value.name) ? undefined : value.name;
  }

  /** A 1-D int64 constant, shared between its users: shapes, axes, starts. */
  ints(values: readonly number[]): GraphValue {
    return this.#share(`ints ${values.join(',')}`, () => {
      const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      return this.constant(bytes, [values.length], 'int64');
    });
  }

  /** A scalar constant, shared between its users. */
  scalar(value: number, dtype: GraphType): GraphValue {
    return this.#share(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, () =>
      this.constant(scalarBytes(value, dtype), [], dtype),
    );
  }

  /** A tensor of one repeated value, made when the graph runs rather than stored. */
  fill(value: number, shape: Shape, dtype: GraphType): GraphValue {
    if (sizeOf(shape) === 1 && shape.length === 0) return this.scalar(value, dtype);
    return this.emit('ConstantOfShape', [this.ints(shape)], shape, dtype, { value: { fill: value, dtype } });
  }

  cast(value: GraphValue, dtype: GraphType): GraphValue {
    return value.dtype === dtype ? value : this.emit('Cast', [value], value.shape, dtype, { to: onnxType[dtype] });
  }

  reshape(value: GraphValue, shape: Shape): GraphValue {
    return this.emit('Reshape', [value, this.ints(shape)], shape, value.dtype);
  }

  #share(key: string, make: () => GraphValue): GraphValue {
    const made = this.#shared.get(key) ?? make();
    this.#shared.set(key, made);
    return made;
  }
}

/** ONNX's TensorProto.DataType codes. Source: onnx.proto. */
export const onnxType: Readonly<Record<GraphType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

export function scalarBytes(value: number, dtype: GraphType): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(Float32Array.of(value).buffer);
  if (dtype === 'int32') return new Uint8Array(Int32Array.of(value).buffer);
  if (dtype === 'int64') return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  return Uint8Array.of(value ? 1 : 0);
}
