import type * as z from 'zod';
import { type Flag, flagsOf } from './field.ts';

/** Those settings of a config whose declaration fits, nested as in a config file; what is not set is left out. */
export function settingsWhere(
  schema: z.ZodObject,
  config: object,
  fits: (declared: Flag) => boolean,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const flag of flagsOf(schema).filter(fits)) copy(config, settings, flag.keys);
  return settings;
}

function copy(from: object, to: Record<string, unknown>, [key, ...rest]: readonly string[]): void {
  const value: unknown = key === undefined ? undefined : Reflect.get(from, key);
  if (key === undefined || value === undefined) return;
  if (rest.length === 0 || typeof value !== 'object' || value === null) {
    to[key] = value;
    return;
  }
  const inner = (to[key] ?? {}) as Record<string, unknown>;
  to[key] = inner;
  copy(value, inner, rest);
}
