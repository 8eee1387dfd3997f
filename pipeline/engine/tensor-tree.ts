import { float32, type HostTensor, int32, sizeOf } from '../numbers/tensor.ts';
import type { OnHost, Specs, TensorSpec } from './program.ts';

/** Values by name, grouped as specs group theirs. */
interface Tree<T> {
  readonly [name: string]: T | Tree<T>;
}

const isTensor = (spec: TensorSpec | Specs): spec is TensorSpec => Array.isArray(spec.shape);

/** Specs in a row, those of groups by names such as `layers.0.pattern`. */
export function flatSpecs(specs: Specs, prefix = ''): [name: string, spec: TensorSpec][] {
  return Object.entries(specs).flatMap(([name, spec]): [string, TensorSpec][] =>
    isTensor(spec) ? [[prefix + name, spec]] : flatSpecs(spec, `${prefix}${name}.`),
  );
}

/** Values in a row, by the names of flatSpecs; those that are missing are left out. */
export function flatValues<T>(specs: Specs, values: object, prefix = ''): [name: string, value: T][] {
  return Object.entries(specs).flatMap(([name, spec]): [string, T][] => {
    const value: unknown = Reflect.get(values, name);
    if (value === undefined) return [];
    if (isTensor(spec)) return [[prefix + name, value as T]];
    return flatValues<T>(spec, value as object, `${prefix}${name}.`);
  });
}

/** Values grouped as specs are, each made of its name in a row. */
export function treeOf<T>(specs: Specs, make: (name: string, spec: TensorSpec) => T, prefix = ''): Tree<T> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      isTensor(spec) ? make(prefix + name, spec) : treeOf(spec, make, `${prefix}${name}.`),
    ]),
  );
}

/** Room on the host for the tensors of some specs, all zero. */
export function roomFor<S extends Specs>(specs: S): OnHost<S> {
  return treeOf<HostTensor>(specs, (_, { shape, dtype }) => {
    if (dtype === 'float32') return float32(shape);
    return dtype === 'int32' ? int32(shape) : { shape, dtype, data: new Uint8Array(sizeOf(shape)) };
  }) as OnHost<S>;
}
