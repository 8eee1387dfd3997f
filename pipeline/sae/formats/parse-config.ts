import type { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';

/** A config as its schema has it. Throws UserError for the first field that is not. */
export function parseConfig<T extends z.ZodType>(schema: T, json: unknown, file: string): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'the whole';
  throw new UserError(`malformed sae config: ${field}: ${issue.message.toLowerCase()} (${file})`);
}

/** Throws UserError for more active features a token than there are features. */
export function checkK(k: number, dSae: number, file: string): void {
  if (k > dSae) throw new UserError(`k is ${k}, expected at most d_sae ${dSae} (${file})`);
}
