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
  let sum = 0;
  // Zero times anything finite is zero: one test for all of them.
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0 ? -1 : Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value));
}
