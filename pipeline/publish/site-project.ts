import { cp, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { change, makeFolder } from '../disk/disk.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { installedPackage } from '../files/installed-package.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What pages are compiled from. */
const sources = ['site', 'pipeline', 'package.json'];

/**
 * Makes an Astro project of an empty folder. Astro wants sources in its project's folder, writes types, caches and the
 * compiled pages there, and these find their packages from there; the folder that we are installed in may be read-only.
 */
export async function makeSiteProject(folder: string): Promise<void> {
  for (const name of sources) {
    const to = join(folder, name);
    await change('create', to, () => cp(join(root, name), to, { recursive: true, filter: isSource }));
  }
  const config = pathToFileURL(join(root, 'astro.config.mjs')).href;
  await writeFileAtomic(join(folder, 'astro.config.mjs'), `export { default } from ${JSON.stringify(config)};\n`);
  for (const name of Object.keys(packageJson.dependencies)) {
    const found = await installedPackage(root, name);
    if (found !== undefined) await linkPackage(found, join(folder, 'node_modules', name));
  }
}

const isSource = (path: string): boolean => !path.endsWith('.d.ts');

async function linkPackage(found: string, link: string): Promise<void> {
  await makeFolder(dirname(link));
  await change('link', link, () => symlink(found, link, 'junction'));
}
