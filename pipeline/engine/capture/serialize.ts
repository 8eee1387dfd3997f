import { basename, dirname } from 'node:path';
import { sizeOf } from '../../numbers/tensor.ts';
import {
  type AttributeValue,
  type GraphNode,
  type GraphValue,
  type Initializer,
  isInFile,
  onnxType,
  scalarBytes,
} from './graph.ts';
import { attributeType, externalLocation, modelMessage } from './onnx-schema.ts';

/** ONNX opset 18: ReduceSum, ReduceMean and ReduceMax take their axes as an input. */
const opset = 18;
const irVersion = 8;
/**
 * Constants larger than this stay outside the protobuf message, which cannot hold 2 GB and would copy them. Where a program
 * has constants in files, all that is not is in the message: ONNX Runtime takes external data in one way or in the other.
 */
const inlineBytes = 1024;
/** Of a constant in a file, which is float32. */
export const bytesPerNumber = 4;

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** An ONNX model and the constants that travel beside it, by the path the model names them with. */
export interface SerializedGraph {
  readonly model: Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** The folder of the files that hold constants, beside which the model has to lie; nothing where there is none. */
  readonly folder: string | undefined;
}

/** Encodes a graph as an ONNX model; large constants are referred to, not copied. */
export function serialize(graph: Graph): SerializedGraph {
  const folders = new Set(graph.initializers.flatMap(({ bytes }) => (isInFile(bytes) ? dirname(bytes.path) : [])));
  if (folders.size > 1) throw new Error(`the weights of ${graph.name} lie in ${folders.size} folders, expected one`);
  const folder = [...folders].at(0);
  const isExternal = ({ bytes }: Initializer) =>
    isInFile(bytes) || (folder === undefined && bytes.byteLength > inlineBytes);
  const message = {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: graph.name,
      node: graph.nodes.map(nodeMessage),
      initializer: graph.initializers.map((own) => tensorMessage(own, isExternal(own))),
      input: graph.inputs.map(valueMessage),
      output: graph.outputs.map(valueMessage),
    },
  };
  return {
    model: modelMessage.encode(modelMessage.fromObject(message)).finish(),
    externalData: graph.initializers.flatMap((own) =>
      !isInFile(own.bytes) && isExternal(own) ? { path: own.name, data: own.bytes } : [],
    ),
    folder,
  };
}

function tensorMessage(initializer: Initializer, isExternal: boolean): object {
  const { name, shape, dtype, bytes } = initializer;
  const tensor = { name, dims: shape, dataType: onnxType[dtype] };
  if (!isExternal) return { ...tensor, rawData: bytes };
  const [location, offset, length] = isInFile(bytes)
    ? [basename(bytes.path), bytes.offset, bytesPerNumber * sizeOf(shape)]
    : [name, 0, bytes.byteLength];
  const externalData = [
    { key: 'location', value: location },
    { key: 'offset', value: String(offset) },
    { key: 'length', value: String(length) },
  ];
  return { ...tensor, externalData, dataLocation: externalLocation };
}

function nodeMessage({ op, inputs, outputs, attributes }: GraphNode): object {
  const attribute = Object.entries(attributes).map(([name, value]) => ({ name, ...attributeFields(value) }));
  return { opType: op, name: outputs[0], input: inputs, output: outputs, attribute };
}

function attributeFields(value: AttributeValue): object {
  if (typeof value === 'number') return { type: attributeType.int, i: value };
  if (typeof value === 'string') return { type: attributeType.string, s: new TextEncoder().encode(value) };
  if (isInts(value)) return { type: attributeType.ints, ints: value };
  if ('float' in value) return { type: attributeType.float, f: value.float };
  const t = { dims: [1], dataType: onnxType[value.dtype], rawData: scalarBytes(value.fill, value.dtype) };
  return { type: attributeType.tensor, t };
}

const isInts = (value: AttributeValue): value is readonly number[] => Array.isArray(value);

function valueMessage({ name, shape, dtype }: GraphValue): object {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnxType[dtype], shape: { dim } } } };
}
