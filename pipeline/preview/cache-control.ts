import { basename, dirname } from 'node:path';

/** How long a file may be kept: for ever where its name holds a hash of its content, else asked about each time. */
export function cacheControl(file: string): string {
  const name = basename(file);
  // Astro's assets; the explorer's model, SAEs and tokenizer.
  const hashed = basename(dirname(file)) === '_astro' ? /[.-][\w-]{8}\.\w+$/ : /-[0-9a-f]{16}\.\w+$/;
  return hashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
}
