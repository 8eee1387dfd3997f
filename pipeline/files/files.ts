import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { asUserError, errorCode, withPath } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';
import { noteRead } from './files-read.ts';
import { parsePythonJson } from './python-json.ts';

/** A pipe, a socket or a device is special: it may have no end, and nobody may ever write to it. */
export type PathKind = 'file' | 'folder' | 'special' | 'missing';

/** The longest text file that is read whole: configs, tokenizers, records. */
const maxTextBytes = 1 << 28;

/** What a path leads to, links followed. */
export async function pathKind(path: string): Promise<PathKind> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'special';
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'missing';
    throw error;
  }
}

/** Throws unless the path is a folder; `what` names it in the message. */
export async function requireFolder(path: string, what: string): Promise<void> {
  const kind = await pathKind(path);
  if (kind === 'missing') throw new UserError(`${what} not found: ${path}`);
  if (kind !== 'folder') throw new UserError(`${what} is a file, expected a folder: ${path}`);
}

/** A text file's content, a byte-order mark dropped; a missing, unreadable or huge one is the user's mistake. */
export async function readTextFile(path: string): Promise<string> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    if (size > maxTextBytes) {
      throw new UserError(`file too large: ${size} bytes, expected at most ${maxTextBytes} (${path})`);
    }
    return (await handle.readFile('utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw withPath(error, path);
  } finally {
    await handle.close();
  }
}

/** A JSON file's content, its shape unknown; most are written by Python, whose NaN and Infinity are read. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readTextFile(path);
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new UserError(`malformed json: ${error instanceof Error ? error.message : String(error)} (${path})`);
  }
}

/** Opens a file for reading. Throws UserError for one that is not there or cannot be read, a pipe, a device, or a Git LFS pointer. */
export async function openFile(path: string): Promise<FileHandle> {
  noteRead(path);
  // Without O_NONBLOCK the opening of a pipe waits for a writer, maybe for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw fileError(error, path);
  });
  try {
    const found = await handle.stat();
    requireRegular(found, path);
    await refusePointer(handle, found.size, path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function requireRegular(found: Stats, path: string): void {
  if (found.isFile()) return;
  throw new UserError(found.isDirectory() ? `a folder, expected a file: ${path}` : notRegular(path));
}

/** How a file begins that stands in for one that Git LFS did not download, and how long one is at most. Source: git-lfs, docs/spec.md. */
const pointerStart = 'version https://git-lfs.github.com/spec/';
const maxPointerBytes = 1024;

async function refusePointer(handle: FileHandle, size: number, path: string): Promise<void> {
  if (size > maxPointerBytes || size < pointerStart.length) return;
  const start = Buffer.alloc(pointerStart.length);
  await handle.read(start, 0, start.length, 0);
  if (start.toString('latin1') !== pointerStart) return;
  throw new UserError(`a Git LFS pointer, expected the file that it stands for: \`git lfs pull\` fetches it (${path})`);
}

/** What is said of a pipe, a socket or a device. */
export const notRegular = (path: string): string => `a pipe, a socket or a device, expected a file: ${path}`;

/** Fills `target` with the file's bytes from `position` on. */
export async function readExactly(
  handle: FileHandle,
  path: string,
  target: Uint8Array,
  position: number,
): Promise<void> {
  const most = 1 << 30; // one read call takes less than 2 GiB
  if (position < 0 || !Number.isSafeInteger(position + target.length)) {
    throw new UserError(`malformed file: it points to byte ${position} (${path})`);
  }
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle
      .read(target, done, Math.min(most, target.length - done), position + done)
      .catch((error: unknown) => {
        throw withPath(error, path);
      });
    if (bytesRead === 0) throw new UserError(`truncated file: ends at byte ${position + done} (${path})`);
    done += bytesRead;
  }
}

function fileError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new UserError(`file not found: ${path}`);
  if (code === 'EISDIR') return new UserError(`a folder, expected a file: ${path}`);
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`no permission to read: ${path}`);
  if (code === 'ENXIO') return new UserError(notRegular(path)); // a socket
  return asUserError(error) ?? error;
}
