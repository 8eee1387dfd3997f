import { createHash } from 'node:crypto';
import type { HashedFile } from './inputs.ts';
import { version } from './version.ts';

/** A hash of what results depend on, this version among it: the same fingerprint, the same bytes. */
export function fingerprint(parts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256')
    .update(JSON.stringify({ version, ...parts }))
    .digest('hex');
}

/** What of a corpus file its documents depend on, and what its tables call it. */
export const textIdentity = ({ file, format, sha256 }: HashedFile) => ({ file, format, sha256 });
