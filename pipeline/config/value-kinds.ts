import * as z from 'zod';

// Each schema's message says what was expected; parse.ts adds the setting, the value and where it was written.
export const text = (expected: string) =>
  z
    .string({ error: `expected ${expected}` })
    .min(1, { error: `expected ${expected}` })
    .refine((value) => !value.includes('\0'), { error: `expected ${expected} without NUL characters` });
export const list = <S extends z.ZodType>(item: S, expected: string) =>
  z.array(item, { error: `expected ${expected}` }).min(1, { error: `expected ${expected}` });

export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const error =
    max < 2 ** 32 ? `expected a whole number from ${min} to ${max}` : `expected a whole number of at least ${min}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export function positive() {
  const error = 'expected a number greater than 0';
  return z.number({ error }).positive({ error });
}
