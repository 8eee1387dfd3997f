import { dirname, join } from 'node:path';
import { pathKind } from './files.ts';

/** The folder of an installed package, by Node's lookup: in node_modules of `from`, then of each folder above. */
export async function installedPackage(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if ((await pathKind(found)) === 'folder') return found;
    if (dirname(folder) === folder) return undefined;
  }
}
