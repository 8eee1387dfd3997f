import * as z from 'zod';

/** What a flag's text becomes: `path` is resolved against the file or folder it was written in. */
type FieldKind = 'number' | 'text' | 'path' | 'switch';

/**
 * What becomes other when a setting does: the `numbers` of the tables, by its value; or by the bytes of the `inputs` it
 * leads to; or `nothing` in them (where they go, how fast they come).
 */
export type Affects = 'numbers' | 'inputs' | 'nothing';

export interface FieldInfo {
  readonly kind: FieldKind;
  readonly affects: Affects;
  /** A list: the flag repeats, or its text is split at commas. */
  readonly list?: boolean;
  /** The placeholder in `--help`. */
  readonly value?: string;
  readonly help: string;
  /** It is no flag but the command's first word, which is one of these. */
  readonly words?: readonly string[];
}

const fields = z.registry<FieldInfo>();

/** Attaches to a setting's schema what its command-line flag needs. */
export function field<S extends z.ZodType>(schema: S, info: FieldInfo): S {
  fields.add(schema, info);
  return schema;
}

/** One setting: `window-before` on the command line, `window.before` in a config file. */
export interface Flag extends FieldInfo {
  readonly name: string;
  readonly keys: readonly string[];
  readonly schema: z.ZodType;
}

/** The flags of a config schema, in its order; an object inside it gives one flag per key. */
export function flagsOf(schema: z.ZodObject, prefix: readonly string[] = []): Flag[] {
  return Object.entries(schema.shape).flatMap(([key, value]): Flag[] => {
    const keys = [...prefix, key];
    const inner = value instanceof z.ZodPrefault ? value.unwrap() : value;
    if (inner instanceof z.ZodObject) return flagsOf(inner, keys);
    const info = value instanceof z.ZodType ? fields.get(value) : undefined;
    if (!info || !(value instanceof z.ZodType)) throw new Error(`setting ${keys.join('.')} has no field()`);
    return [{ ...info, name: keys.map(kebab).join('-'), keys, schema: value }];
  });
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a setting is when nothing is said: its default, or undefined. */
export function defaultOf(flag: Flag): unknown {
  return flag.schema.safeParse(undefined).data;
}

export function isRequired(flag: Flag): boolean {
  return !flag.schema.safeParse(undefined).success;
}
