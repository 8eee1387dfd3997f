import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface SiteSize {
  readonly files: number;
  readonly bytes: number;
  readonly largest: { readonly name: string; readonly bytes: number };
}

/** What hosts take at most, as they say themselves. */
const hosts = [
  { name: 'GitHub Pages', bytes: 1e9, fileBytes: 100e6 },
  { name: 'Cloudflare Pages', files: 20_000, fileBytes: 25 * 2 ** 20 },
] as const satisfies readonly {
  readonly name: string;
  readonly files?: number;
  readonly bytes?: number;
  readonly fileBytes: number;
}[];

/** The hosts that would not take a site of this size. */
export function refusingHosts({ files, bytes, largest }: SiteSize): string[] {
  return hosts
    .filter(
      (host) =>
        largest.bytes > host.fileBytes ||
        ('files' in host && files > host.files) ||
        ('bytes' in host && bytes > host.bytes),
    )
    .map(({ name }) => name);
}

export async function measureSite(folder: string): Promise<SiteSize> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const size = { files: 0, bytes: 0, largest: { name: '', bytes: 0 } };
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const { size: bytes } = statSync(join(entry.parentPath, entry.name));
    size.files += 1;
    size.bytes += bytes;
    if (bytes > size.largest.bytes) size.largest = { name: entry.name, bytes };
  }
  return size;
}
