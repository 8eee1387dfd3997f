import { createHash } from 'node:crypto';

/** An id in the form of Neuronpedia's (a `c` and 24 letters and digits), the same for the same parts. */
export function recordId(...parts: readonly (string | number)[]): string {
  const digits = BigInt(`0x${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`).toString(36);
  return `c${digits.padStart(24, '0').slice(-24)}`;
}
