import { shortened } from '../../errors/printable.ts';
import { UserError } from '../../errors/user-error.ts';
import { sizeOf } from '../../numbers/tensor.ts';
import type { FloatFormat } from '../float-formats.ts';

/** The values that a pickled state dict can hold here; everything else is refused. */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleObject;
export type PickleObject =
  | { readonly kind: 'tuple' | 'list'; readonly items: PickleValue[] }
  | { readonly kind: 'dict'; readonly entries: Map<PickleValue, PickleValue> }
  | { readonly kind: 'global'; readonly name: string }
  | TorchStorage
  | TorchTensor;

/** A run of numbers in the file, named by its key. */
export interface TorchStorage {
  readonly kind: 'storage';
  readonly bytesPerValue: number;
  /** Undefined for a storage of no floats. */
  readonly format?: FloatFormat;
  /** Whether it is one of the integers that a state dict keeps counts in: int32 or int64. */
  readonly isInteger?: boolean;
  readonly key: string;
  readonly length: number;
}

/** A strided view of a storage; offset and strides in values. */
export interface TorchTensor {
  readonly kind: 'tensor';
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Bytes a value of each storage type, and its format where it is one of floats. */
const storages: Readonly<Record<string, Pick<TorchStorage, 'bytesPerValue' | 'format' | 'isInteger'>>> = {
  'torch.DoubleStorage': { bytesPerValue: 8, format: 'F64' },
  'torch.FloatStorage': { bytesPerValue: 4, format: 'F32' },
  'torch.HalfStorage': { bytesPerValue: 2, format: 'F16' },
  'torch.BFloat16Storage': { bytesPerValue: 2, format: 'BF16' },
  'torch.LongStorage': { bytesPerValue: 8, isInteger: true },
  'torch.IntStorage': { bytesPerValue: 4, isInteger: true },
  'torch.ShortStorage': { bytesPerValue: 2 },
  'torch.CharStorage': { bytesPerValue: 1 },
  'torch.ByteStorage': { bytesPerValue: 1 },
  'torch.BoolStorage': { bytesPerValue: 1 },
};

/** A view that repeats values (a step of 0) may be this much larger than what is stored of it. */
const maxRepeatedValues = 1 << 24;
/** PyTorch's own limit. */
const maxAxes = 64;

const orderedDict = 'collections.OrderedDict';
const rebuildTensor = 'torch._utils._rebuild_tensor_v2';
const rebuildParameter = 'torch._utils._rebuild_parameter';
const allowed = new Set([orderedDict, rebuildTensor, rebuildParameter, ...Object.keys(storages)]);

/**
 * Checks a name that a pickle asks for. Nothing is ever imported or called: a name stands for one of the few
 * constructions below, and any other name ends the reading with a UserError that gives it.
 */
export function requireAllowed(name: string, path: string): PickleObject {
  if (!allowed.has(name)) {
    throw new UserError(`unsafe pickle: it asks for ${shortened(name, 100)}, expected only tensors (${path})`);
  }
  return { kind: 'global', name };
}

/** What calling an allowed name with these arguments makes; the caller counts the items that it goes through. */
export function construct(callable: PickleValue, args: PickleValue, path: string): PickleValue {
  const name = isObject(callable) && callable.kind === 'global' ? callable.name : undefined;
  const items = isObject(args) && args.kind === 'tuple' ? args.items : [];
  if (name === orderedDict) return { kind: 'dict', entries: new Map(items.flatMap(pairs)) };
  if (name === rebuildTensor) return tensorOf(items, path);
  const [first] = items;
  if (name === rebuildParameter && isObject(first) && first.kind === 'tensor') return first;
  throw new UserError(`malformed pickle: a call of ${name ?? 'something that is no name'} (${path})`);
}

/** The storage that a persistent id names: ('storage', type, key, location, length, …). */
export function storageOf(id: PickleValue, path: string): TorchStorage {
  const [tag, type, key, , length] = isObject(id) && id.kind === 'tuple' ? id.items : [];
  const name = type !== undefined && isObject(type) && type.kind === 'global' ? type.name : '';
  const found = Object.hasOwn(storages, name) ? storages[name] : undefined;
  if (tag !== 'storage' || typeof key !== 'string' || !isCount(length) || !found) {
    throw new UserError(`malformed pickle: unknown persistent id (${path})`);
  }
  return { kind: 'storage', key, length, ...found };
}

/** Items that a construction from these arguments goes through: those of the arguments and of the lists among them. */
export function itemsIn(args: PickleValue): number {
  if (!isObject(args) || !('items' in args)) return 1;
  return args.items.reduce<number>(
    (sum, item) => sum + 1 + (isObject(item) && 'items' in item ? item.items.length : 0),
    1,
  );
}

export function isObject(value: PickleValue): value is PickleObject {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function tensorOf(args: readonly PickleValue[], path: string): TorchTensor {
  const [storage, offset, size, stride] = args;
  const shape = integers(size);
  const strides = integers(stride);
  if (
    storage === undefined ||
    !isObject(storage) ||
    storage.kind !== 'storage' ||
    !isCount(offset) ||
    !shape ||
    shape.length > maxAxes ||
    shape.length !== strides?.length
  ) {
    throw new UserError(`malformed pickle: a tensor of unknown layout (${path})`);
  }
  const last = shape.reduce((sum, dim, i) => sum + (dim - 1) * strides[i], offset);
  if (!shape.includes(0) && last >= storage.length) {
    throw new UserError(`malformed pickle: a tensor reaches past its storage of ${storage.length} values (${path})`);
  }
  if (sizeOf(shape) > Math.max(storage.length, maxRepeatedValues)) {
    throw new UserError(
      `malformed pickle: a tensor [${shape.join(', ')}] on a storage of ${storage.length} values (${path})`,
    );
  }
  return { kind: 'tensor', storage, offset, shape, strides };
}

function integers(value: PickleValue | undefined): number[] | undefined {
  if (value === undefined || !isObject(value) || value.kind !== 'tuple') return undefined;
  const counts = value.items.filter(isCount);
  return counts.length === value.items.length ? counts : undefined;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function pairs(value: PickleValue): [PickleValue, PickleValue][] {
  const items = isObject(value) && value.kind === 'list' ? value.items : [];
  return items.flatMap((item): [PickleValue, PickleValue][] => {
    if (!isObject(item) || item.kind !== 'tuple') return [];
    const [key, entry] = item.items;
    return key === undefined || entry === undefined ? [] : [[key, entry]];
  });
}
