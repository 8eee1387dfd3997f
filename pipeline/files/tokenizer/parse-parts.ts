import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import {
  type BpeJson,
  modelSchemas,
  type NormalizerJson,
  normalizerSchemas,
  type PreTokenizerJson,
  preTokenizerSchemas,
} from './schema.ts';

type Schemas = Readonly<Record<string, z.ZodType>>;
const typed = z.looseObject({ type: z.string() });

/** The normalizers of tokenizer.json, in order. Throws UserError for a part, or a field of one, that is not known. */
export const parseNormalizers = (json: unknown, file: string): NormalizerJson[] =>
  sequence(json, 'normalizer', 'normalizers', file).map(({ part, at }) => parsePart(normalizerSchemas, part, at, file));

/** As parseNormalizers. */
export const parsePreTokenizers = (json: unknown, file: string): PreTokenizerJson[] =>
  sequence(json, 'pre_tokenizer', 'pretokenizers', file).map(({ part, at }) =>
    parsePart(preTokenizerSchemas, part, at, file),
  );

/** As parseNormalizers; old files do not say that theirs is a BPE. */
export function parseModel(json: unknown, file: string): BpeJson {
  const isTyped = typed.safeParse(json).success;
  return parsePart(modelSchemas, isTyped ? json : { ...z.looseObject({}).parse(json), type: 'BPE' }, 'model', file);
}

interface Part {
  readonly part: unknown;
  /** Where in the file it is. */
  readonly at: string;
}

/** A part, or those of a sequence of them, sequences within it taken apart as well. */
function sequence(json: unknown, at: string, list: string, file: string): Part[] {
  if (json === null || json === undefined) return [];
  const parsed = z.looseObject({ type: z.literal('Sequence'), [list]: z.array(z.unknown()) }).safeParse(json);
  if (!parsed.success) return [{ part: json, at }];
  const { type, [list]: parts, ...others } = parsed.data;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new UserError(`unsupported tokenizer: unknown ${at}.${unknown} (${file})`);
  return z
    .array(z.unknown())
    .parse(parts)
    .flatMap((part, i) => sequence(part, `${at}.${i}`, list, file));
}

function parsePart<T extends Schemas>(schemas: T, part: unknown, at: string, file: string): z.infer<T[keyof T]> {
  const { data } = typed.safeParse(part);
  const schema = data && Object.hasOwn(schemas, data.type) ? schemas[data.type as keyof T] : undefined;
  if (!schema) {
    const known = Object.keys(schemas).join(', ');
    throw new UserError(`unsupported tokenizer: ${at} ${data?.type ?? 'of no type'}, expected ${known} (${file})`);
  }
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data as z.infer<T[keyof T]>;
  const [issue] = parsed.error.issues;
  throw new UserError(`unsupported tokenizer: ${[at, ...issue.path].join('.')}: ${issue?.message} (${file})`);
}
