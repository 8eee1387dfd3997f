import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** Leaves room in the 63 characters of a DNS label for a step before, and a pod's index after. */
const mostOfName = 24;

/** A name for a run's jobs as DNS labels allow it: what they allow of OUT's name, and a hash of its path. */
export function runLabel(out: string): string {
  const name = basename(out)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostOfName)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(out).digest('hex').slice(0, 8);
  return name === '' ? hash : `${name}-${hash}`;
}
