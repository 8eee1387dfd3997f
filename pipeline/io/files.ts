import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { UserError } from '../core/user-error.ts';

export type PathKind = 'file' | 'folder' | 'missing';

/** What a path leads to, links followed. */
export async function pathKind(path: string): Promise<PathKind> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'missing';
    throw error;
  }
}

/** The error code of a failed system call, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Throws unless the path is a folder; `what` names it in the message. */
export async function requireFolder(path: string, what: string): Promise<void> {
  const kind = await pathKind(path);
  if (kind === 'missing') throw new UserError(`${what} not found: ${path}`);
  if (kind === 'file') throw new UserError(`${what} is a file, expected a folder: ${path}`);
}

/** A text file's content; a missing or unreadable one is the user's mistake. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw fileError(error, path);
  }
}

/** A JSON file's content, its shape unknown. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`malformed json: ${error instanceof Error ? error.message : String(error)} (${path})`);
  }
}

export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Fills `target` with the file's bytes from `position` on. */
export async function readExactly(
  handle: FileHandle,
  path: string,
  target: Uint8Array,
  position: number,
): Promise<void> {
  const most = 1 << 30; // one read call takes less than 2 GiB
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, Math.min(most, target.length - done), position + done);
    if (bytesRead === 0) throw new UserError(`truncated file: ends at byte ${position + done} (${path})`);
    done += bytesRead;
  }
}

function fileError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new UserError(`file not found: ${path}`);
  if (code === 'EISDIR') return new UserError(`a folder, expected a file: ${path}`);
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`no permission to read: ${path}`);
  return error;
}
