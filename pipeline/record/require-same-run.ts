import { UserError } from '../errors/user-error.ts';

/** A run's fingerprint, and what of it can be named where it differs. */
export interface DescribedRun {
  readonly fingerprint: string;
  readonly inputs: Readonly<Record<string, string>>;
}

interface Unfinished {
  /** Whose work it is, for the message. */
  readonly of: string;
  /** The folder that it lies in. */
  readonly work: string;
}

/** Throws UserError unless what is unfinished is of the same inputs and settings, naming what is not. */
export function requireSameRun(own: DescribedRun, other: DescribedRun, { of, work }: Unfinished): void {
  if (other.fingerprint === own.fingerprint) return;
  const names = [...new Set([...Object.keys(other.inputs), ...Object.keys(own.inputs)])];
  const name = names.find((one) => other.inputs[one] !== own.inputs[one]) ?? 'fingerprint';
  const named = ({ inputs, fingerprint }: DescribedRun) =>
    new Map(Object.entries({ ...inputs, fingerprint })).get(name) ?? 'none';
  throw new UserError(
    `${name} is not that of ${of}: ${named(own)}, expected ${named(other)}; ` +
      `use the same settings and inputs, another --out, or remove ${work} to begin anew`,
  );
}
