import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { UserError } from '../errors/user-error.ts';
import { parseJson } from '../files/tokenizer/json.ts';
import type { Arguments } from './arguments.ts';
import { closest } from './closest.ts';
import { type Flag, flagsOf } from './field.ts';

export interface ParseOptions<S extends z.ZodObject> {
  readonly schema: S;
  readonly command: string;
  readonly args: Arguments;
  /** Folder that paths on the command line start from; those in a config file start from its own. */
  readonly cwd: string;
  /** Settings of other commands, which a shared config file may hold. */
  readonly otherSettings?: readonly string[];
}

/** Config file and flags → the command's typed config; flags win. Throws UserError naming setting, value and origin. */
export function parseConfig<S extends z.ZodObject>(options: ParseOptions<S>): z.infer<S> {
  const { schema, args, cwd } = options;
  const flags = flagsOf(schema);
  const file = args.configFile === undefined ? undefined : resolve(cwd, args.configFile);
  const raw = file === undefined ? {} : readConfigFile(file, flags, options);
  for (const flag of flags) {
    const texts = args.given.get(flag.name);
    if (texts) place(raw, flag.keys, fromText(flag, texts, cwd));
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(
    describe(issue, raw, { flags, given: args.given, command: options.command, file: args.configFile }),
  );
}

export interface SettingsOptions<S extends z.ZodObject> extends Pick<ParseOptions<S>, 'schema' | 'command' | 'cwd'> {
  /** As a config file has them. */
  readonly settings: unknown;
}

/** A program's settings → the command's typed config. Throws UserError naming setting and value. */
export function parseSettings<S extends z.ZodObject>({ settings, ...options }: SettingsOptions<S>): z.infer<S> {
  const { schema, command, cwd } = options;
  const [flags, file, given] = [flagsOf(schema), `settings of ${command}`, new Map<string, string[]>()];
  const raw = takeSettings(settings, flags, { schema, folder: cwd, name: file });
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(describe(issue, raw, { flags, given, command, file }));
}

type Raw = Record<string, unknown>;

const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

function readConfigFile(file: string, flags: readonly Flag[], options: ParseOptions<z.ZodObject>): Raw {
  const name = options.args.configFile;
  const json = parseConfigFile(readText(file, name), name);
  return takeSettings(json, flags, { ...options, folder: dirname(file), name });
}

interface Given extends Pick<ParseOptions<z.ZodObject>, 'schema' | 'otherSettings'> {
  /** Where relative paths start from. */
  readonly folder: string;
  /** What messages call the settings' origin. */
  readonly name: string | undefined;
}

function takeSettings(json: unknown, flags: readonly Flag[], { schema, otherSettings, folder, name }: Given): Raw {
  if (!isRecord(json)) throw new UserError(`config is not a JSON object (${name})`);
  const settings = Object.keys(schema.shape);
  const raw: Raw = {};
  for (const [key, value] of Object.entries(json)) {
    if (settings.includes(key)) raw[key] = structuredClone(value);
    else if (!otherSettings?.includes(key)) {
      const near = closest(key, settings);
      throw new UserError(`unknown setting ${key}${near ? `, did you mean ${near}?` : ''} (${name})`);
    }
  }
  for (const flag of flags) {
    const value = lookup(raw, flag.keys);
    if (value === undefined) continue;
    const values = flag.list && !Array.isArray(value) ? [value] : value;
    place(raw, flag.keys, flag.kind === 'path' ? resolvePaths(values, folder) : values);
  }
  return raw;
}

function readText(file: string, name: string | undefined): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UserError(`config file cannot be read: ${name} (${error instanceof Error ? codeOf(error) : error})`);
  }
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.message);

function parseConfigFile(text: string, name: string | undefined): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UserError(`config is not valid JSON: ${error instanceof Error ? error.message : error} (${name})`);
  }
}

function resolvePaths(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolvePaths(item, folder));
  return typeof value === 'string' && value !== '' ? resolve(folder, value) : value;
}

/** A flag's texts as the JSON a config file would hold; text that is no number stays text, for the schema to refuse. */
function fromText(flag: Flag, texts: readonly string[], cwd: string): unknown {
  if (flag.kind === 'path') return resolvePaths(flag.list ? texts : texts[0], cwd);
  if (flag.kind === 'switch') return texts[0] === 'true' ? true : texts[0] === 'false' ? false : texts[0];
  if (flag.kind === 'text') return flag.list ? texts.flatMap((text) => text.split(',')) : texts[0];
  const numbers = texts.flatMap((text) => (flag.list ? text.split(',') : [text])).map(toNumber);
  return flag.list ? numbers : numbers[0];
}

const toNumber = (text: string): unknown => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));

function place(raw: Raw, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys;
  if (rest.length === 0) raw[key] = value;
  else {
    const inner = raw[key];
    const record = isRecord(inner) ? inner : {};
    raw[key] = record;
    place(record, rest, value);
  }
}

function lookup(raw: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined),
    raw,
  );
}

interface Origin {
  readonly flags: readonly Flag[];
  readonly given: Arguments['given'];
  readonly command: string;
  readonly file: string | undefined;
}

/** `--batch is "x", expected a whole number of at least 1`, or the same of a config file's setting, with its name. */
function describe(issue: z.core.$ZodIssue, raw: Raw, { flags, given, command, file }: Origin): string {
  const flag = flags.find(({ keys }) => keys.every((key, i) => issue.path[i] === key));
  const keys = flag?.keys ?? issue.path;
  const value = lookup(raw, keys);
  const setting = keys.map(String).join('.');
  if (flag?.words && value === undefined) return `missing ${flag.name} of ${command}, ${issue.message}`;
  if (flag && value === undefined) return `missing --${flag.name} ${flag.value ?? 'N'} of ${command}: ${flag.help}`;
  const texts = flag && given.get(flag.name);
  if (texts) return `--${flag.name} is ${shown(texts.join(' '))}, ${issue.message}`;
  if (issue.code === 'unrecognized_keys') return `unknown setting ${[setting, ...issue.keys].join('.')} (${file})`;
  return `${setting} is ${shown(value)}, ${issue.message} (${file})`;
}

const shown = (value: unknown): string => JSON.stringify(value, (_, item) => (isInfinite(item) ? String(item) : item));

/** What JSON writes as null: a number such as 1e400. */
const isInfinite = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);
