import { UserError } from './user-error.ts';

/** A number that float32 could not hold: what follows from it is nothing. */
export class NonFinite extends UserError {
  /** `what` names the number: its program, layer, place. */
  constructor(what: string, value: number | undefined) {
    super(`not finite: ${what} is ${value}; the weights or what is computed from them overflow float32`);
  }
}

/** Index of the first value that is NaN or infinite, or −1. */
export function firstNonFinite(values: ArrayLike<number>): number {
  // Zero times anything finite is zero: one test for all of them. Four sums do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (let i = whole; i < values.length; i++) a += values[i] * 0;
  return a + b + c + d === 0 ? -1 : Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value));
}
