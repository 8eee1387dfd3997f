import { cp, lstat, mkdir, readdir, realpath, rename } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { change, makeFolder, removePath, renamePath } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import { foldersOf, removeListed } from './remove-listed.ts';
import { readSiteManifest, writeSiteManifest } from './site-manifest.ts';

const incomingName = '.attention-atlas-incoming';
/** What a new disk or a repository has in it before anything was put there. */
const isIncidental = (name: string) => name.startsWith('.') || name === 'lost+found';

/** Throws UserError for a folder that holds something, and no site that an earlier build has listed. */
export async function checkSiteFolder(out: string): Promise<void> {
  const kind = await pathKind(out);
  if (kind === 'missing') return;
  if (kind !== 'folder') throw new UserError(`--out is a file, expected a folder: ${out}`);
  if ((await readSiteManifest(out)) || (await readdir(out)).every(isIncidental)) return;
  throw new UserError(`--out holds something else: ${out}, expected a new or empty folder, or a site that atlas wrote`);
}

/**
 * Puts a built site in its place. Of what is there, only files that an earlier build listed are replaced or removed; all
 * others stay, and one in the way of a new file is an error before anything changes. The folder itself stays too, so
 * that a disk may be mounted there; no link in it is followed. Stopped half-way, the next build puts it right.
 */
export async function replaceSite(built: string, out: string): Promise<void> {
  const files = (await filesUnder(built)).sort(pagesLast);
  if ((await pathKind(out)) === 'missing') {
    await writeSiteManifest(built, files);
    return moveFolder(built, out);
  }
  const folder = await realpath(out);
  const former = new Set((await readSiteManifest(folder)) ?? []);
  await refuseConflicts(folder, files, former);
  const incoming = join(folder, incomingName);
  await removePath(incoming);
  await moveOrCopy(built, incoming);
  const [added, folders] = [new Set(files), foldersOf(files)];
  const obsolete = [...former].filter((file) => !added.has(file));
  const isInTheWay = (file: string) => folders.has(file) || [...foldersOf([file])].some((above) => added.has(above));
  await writeSiteManifest(folder, new Set([...former, ...files]));
  await removeListed(folder, obsolete.filter(isInTheWay));
  for (const above of folders)
    await change('make', join(folder, above), () => mkdir(join(folder, above), { recursive: true }));
  for (const file of files) {
    const place = join(folder, file);
    await change('rename', place, () => rename(join(incoming, file), place));
  }
  await removeListed(folder, obsolete);
  await writeSiteManifest(folder, files);
  await removePath(incoming);
}

/** Paths of all files in a folder, from it, as a site's list has them. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'));
}

/** What pages need comes before them, and the page that all begins at comes last. */
function pagesLast(a: string, b: string): number {
  const rank = (file: string) => Number(file.endsWith('.html')) + Number(file === 'index.html');
  return rank(a) - rank(b);
}

/** Throws UserError for what no build has listed and a new file, or its folder, would take the place of. */
async function refuseConflicts(folder: string, files: readonly string[], former: ReadonlySet<string>): Promise<void> {
  const formerFolders = foldersOf(former);
  for (const path of foldersOf(files)) {
    const found = await lstat(join(folder, path)).catch(() => undefined);
    if (found && !found.isDirectory() && !former.has(path)) throw conflict(folder, path);
  }
  for (const path of files) {
    const found = await lstat(join(folder, path)).catch(() => undefined);
    const isOwn = found?.isDirectory() ? formerFolders.has(path) : former.has(path);
    if (found && !isOwn) throw conflict(folder, path);
  }
}

const conflict = (folder: string, path: string) =>
  new UserError(`--out holds what no earlier site put there: ${path}, expected it elsewhere (${folder})`);

/** Moves a folder to where nothing half-copied is ever seen, also from another disk. */
async function moveFolder(from: string, to: string): Promise<void> {
  const beside = join(dirname(to), `.${basename(to)}.incoming`);
  await removePath(beside);
  await makeFolder(dirname(to));
  await moveOrCopy(from, beside);
  await renamePath(beside, to);
}

const moveOrCopy = (from: string, to: string): Promise<void> =>
  change('rename', to, () => rename(from, to).catch(() => cp(from, to, { recursive: true })));
