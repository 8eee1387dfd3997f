import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';

const quantizedSchema = z.looseObject({ quantization_config: z.looseObject({ quant_method: z.unknown() }) });

/** A config.json by a schema. Throws UserError naming the field, its value and the file. */
export function parseHub<T extends z.ZodType>(schema: T, json: unknown, file: string): z.infer<T> {
  const quantized = quantizedSchema.safeParse(json);
  if (quantized.success) {
    const method = shown(quantized.data.quantization_config.quant_method);
    throw new UserError(`unsupported quantization: ${method}, expected weights in F32, F16 or BF16 (${file})`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw new UserError(`invalid config (${file})`);
  throw new UserError(`${describe(issue, json)} (${file})`);
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const name = issue.path.join('.') || 'config';
  const value = issue.path.reduce<unknown>(fieldOf, json);
  return value === undefined ? `missing ${name}` : `invalid ${name}: ${shown(value)}, expected ${expectedBy(issue)}`;
}

const fieldOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** A value of a config, as JSON has it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'none' : JSON.stringify(value);

function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return issue.values.map(shown).join(', ');
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'too_small') return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  if (issue.code === 'invalid_union') return alternatives(issue.errors);
  return issue.message;
}

const alternatives = (errors: readonly (readonly z.core.$ZodIssue[])[]): string =>
  errors.flatMap(([first]) => (first ? [expectedBy(first)] : [])).join(' or ');

/** A config whose fields are also known by other names; its own count first. */
export function byOwnNames(json: unknown, otherNames: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const renamed = Object.entries(json).map(([name, value]) => [otherNames[name] ?? name, value]);
  return { ...Object.fromEntries(renamed), ...json };
}
