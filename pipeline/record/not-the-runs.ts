import { UserError } from '../errors/user-error.ts';
import type { Identity } from './run-record.ts';

/** The mistake of giving other files than a run's: names the first that is not the run's. */
export function notTheRuns(what: string, found: Identity, expected: Identity, path: string): UserError {
  const known = new Map(expected.files.map(({ file, sha256 }) => [file, sha256]));
  const other = found.files.find(({ file, sha256 }) => known.get(file) !== sha256);
  const wanted = (other && known.get(other.file)) ?? expected.sha256;
  const there = other ? `sha256 of ${other.file} ${short(other.sha256)}` : `sha256 ${short(found.sha256)}`;
  return new UserError(`${what} is not the run's: ${there}, expected ${short(wanted)} (${path})`);
}

const short = (sha256: string): string => `${sha256.slice(0, 12)}…`;
