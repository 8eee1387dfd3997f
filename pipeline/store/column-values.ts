import type { ColumnType } from './column-types.ts';

/** The value that stands under a null: never shown, but the vector needs one. */
export function emptyOf(column: ColumnType): unknown {
  switch (column.kind) {
    case 'nullable':
      return null;
    case 'list':
      return [];
    case 'struct':
      return Object.fromEntries(Object.entries(column.fields).map(([name, type]) => [name, emptyOf(type)]));
    case 'bool':
      return false;
    case 'text':
      return '';
    case 'blob':
      return new Uint8Array(0);
    default:
      return 0;
  }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : refuse(value, 'text');
}

export function boolOf(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(value, 'true or false');
}

export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : refuse(value, 'bytes');
}

export function arrayOf(value: unknown): ArrayLike<unknown> {
  return isArrayLike(value) ? value : refuse(value, 'a list');
}

export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return refuse(value, `an object with ${name}`);
  return Reflect.get(value, name);
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function refuse(value: unknown, expected: string): never {
  throw new TypeError(`expected ${expected}, got ${String(value)}`);
}
