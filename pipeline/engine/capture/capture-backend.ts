import * as tf from '@tensorflow/tfjs-core';
import type { DType, Shape } from '../../numbers/tensor.ts';
import { GraphBuilder, type GraphType, type GraphValue } from './graph.ts';

export const captureBackendName = 'onnx-capture';

/**
 * A tfjs backend that computes nothing: its kernels (capture/kernels) add nodes to an ONNX graph.
 * Reading a tensor's values is an error, since they do not exist until the graph runs.
 */
class CaptureBackend extends tf.KernelBackend {
  graph = new GraphBuilder();
  #values = new WeakMap<object, GraphValue>();
  #live = 0;

  reset(): void {
    this.graph = new GraphBuilder();
    this.#values = new WeakMap();
  }

  /** The graph value behind a tensor. */
  graphValue(tensor: tf.TensorInfo): GraphValue {
    const value = this.#values.get(tensor.dataId);
    if (!value) throw new Error('a tensor from outside the program was used inside it; make it an input or a weight');
    return value.shape.length === tensor.shape.length && value.shape.every((dim, i) => dim === tensor.shape[i])
      ? value
      : { ...value, shape: tensor.shape };
  }

  /** A tensor that stands for a graph value. */
  wrap(value: GraphValue): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    this.#live++;
    return { dataId, shape: [...value.shape], dtype: tensorType(value.dtype) };
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: tf.DataId, values: tf.backend_util.BackendValues, shape: Shape, dtype: tf.DataType): void {
    this.#values.set(dataId, this.#constant(values, shape, dtype));
    this.#live++;
  }

  #constant(values: tf.backend_util.BackendValues, shape: Shape, dtype: tf.DataType): GraphValue {
    const type = graphType(dtype);
    const numbers = Array.from(values, Number);
    const first = numbers[0];
    if (numbers.length > 0 && numbers.every((value) => value === first)) return this.graph.fill(first, shape, type);
    const typed =
      type === 'float32'
        ? Float32Array.from(numbers)
        : type === 'int32'
          ? Int32Array.from(numbers)
          : Uint8Array.from(numbers);
    return this.graph.constant(new Uint8Array(typed.buffer), shape, type);
  }

  override readSync(): never {
    throw new Error('a captured program cannot read the value of a tensor');
  }
  override async read(): Promise<never> {
    return this.readSync();
  }
  override disposeData(): boolean {
    this.#live--;
    return true;
  }
  override numDataIds(): number {
    return this.#live;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  decRef(): void {}
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override timerAvailable(): boolean {
    return false;
  }
}

/** The graph's type for a tfjs dtype. Throws TypeError for strings and complex numbers. */
export function graphType(dtype: tf.DataType): GraphType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TypeError(`dtype ${dtype} cannot be captured, expected float32, int32 or bool`);
}

function tensorType(type: GraphType): DType {
  return type === 'int64' ? 'int32' : type;
}

export const captureBackend = new CaptureBackend();
tf.registerBackend(captureBackendName, () => captureBackend, 0);
