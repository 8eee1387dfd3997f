import type * as tf from '@tensorflow/tfjs-core';
import type { DType, FloatTensor, HostTensor, IntTensor, Shape } from '../numbers/tensor.ts';

export interface TensorSpec<D extends DType = DType> {
  readonly shape: Shape;
  readonly dtype: D;
}

/** What a program takes or gives, by name, or in groups by name: one a layer, for instance. */
export interface Specs {
  readonly [name: string]: TensorSpec | Specs;
}

/** Tensors as specs declare them, on a tfjs backend. */
export type OnBackend<S> = S extends TensorSpec ? tf.Tensor : { readonly [K in keyof S]: OnBackend<S[K]> };

/** Tensors as specs declare them, in host memory. */
export type OnHost<S> = S extends TensorSpec<infer D> ? HostTensorOf<D> : { readonly [K in keyof S]: OnHost<S[K]> };

type HostTensorOf<D> = D extends 'float32' ? FloatTensor : D extends 'int32' ? IntTensor : HostTensor;

/** Tensors by name, in host memory. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/**
 * A pure function of tensors, written in tfjs ops, that any backend can run.
 * Weights are constants of the program: a compiling backend may fold or prepack them.
 */
export interface Program<I extends Specs = Specs, O extends Specs = Specs, W extends HostTensors = HostTensors> {
  readonly name: string;
  readonly inputs: I;
  readonly outputs: O;
  readonly weights: W;
  body(inputs: OnBackend<I>, weights: { readonly [K in keyof W]: tf.Tensor }): NoInfer<OnBackend<O>>;
}

/** A program, its types taken from its parts. */
export const program = <I extends Specs, O extends Specs, W extends HostTensors>(
  parts: Program<I, O, W>,
): Program<I, O, W> => parts;

export interface Compiled<I extends Specs, O extends Specs> {
  /** Runs the program. Outputs in `into` are written there, without a copy where the backend can. */
  (inputs: OnHost<I>, into?: Partial<OnHost<O>>): Promise<OnHost<O>>;
  dispose(): Promise<void>;
}

/** What an engine compiles a function's program to. */
export type CompiledBy<F> = F extends (...parameters: never[]) => Program<infer I, infer O, infer _W>
  ? Compiled<I, O>
  : never;

/** What a function's program gives, in host memory. */
export type OutputsOf<F> = F extends (...parameters: never[]) => Program<infer _I, infer O, infer _W>
  ? OnHost<O>
  : never;

export const backendNames = ['onnx-cpu', 'onnx-webgpu', 'onnx-cuda', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What the factors of matrix products are rounded to: nothing, or TF32's 10 bits of mantissa. */
export const precisions = ['f32', 'tf32'] as const;
export type Precision = (typeof precisions)[number];

/** What was read back from where programs run. */
export interface Traffic {
  bytesRead: number;
}

export interface Engine {
  readonly backend: BackendName;
  /** Whether what programs give lies in the host's memory anyway, so that reading it costs nothing. */
  readonly sharesMemory: boolean;
  readonly traffic: Readonly<Traffic>;
  compile<I extends Specs, O extends Specs, W extends HostTensors>(program: Program<I, O, W>): Promise<Compiled<I, O>>;
}

/** A float32 tensor of the given shape. */
export const floatSpec = (...shape: number[]): TensorSpec<'float32'> => ({ shape, dtype: 'float32' });
/** An int32 tensor of the given shape. */
export const intSpec = (...shape: number[]): TensorSpec<'int32'> => ({ shape, dtype: 'int32' });
