import { UserError } from './user-error.ts';

/** What the system's error codes say, in words. An error of any other code is a fault of ours. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it is there already',
  EFBIG: 'larger than the file system allows',
  EIO: 'the device reports an input or output error',
  EISDIR: 'it is a folder, expected a file',
  ELOOP: 'too many symbolic links, or a circle of them',
  EMFILE: 'too many open files, see ulimit -n',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this machine',
  ENODEV: 'no such device',
  ENOENT: 'not found',
  ENOMEM: 'out of memory',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is no folder',
  ENOTEMPTY: 'the folder is not empty',
  ENXIO: 'no such device',
  EPERM: 'not permitted',
  EPIPE: 'nobody reads the output any more',
  EROFS: 'the file system is read-only',
  ESTALE: 'it is gone from the network file system',
  ETIMEDOUT: 'no answer in time',
  ETXTBSY: 'it is being run',
  EXDEV: 'it is on another disk',
};

const operations: Readonly<Record<string, string>> = {
  copyfile: 'copy',
  cp: 'copy',
  fdatasync: 'write',
  fstat: 'read',
  fsync: 'write',
  ftruncate: 'write',
  futime: 'write',
  lstat: 'read',
  mkdir: 'make the folder',
  mkdtemp: 'make the folder',
  opendir: 'list',
  rm: 'remove',
  rmdir: 'remove',
  scandir: 'list',
  stat: 'read',
  unlink: 'remove',
};

/** The error code of a failed system call, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error of an open file's does not say which: adds the path, for asUserError's line. */
export function withPath(error: unknown, path: string): unknown {
  if (errorCode(error) !== undefined && error instanceof Error && !('path' in error)) Object.assign(error, { path });
  return error;
}

/**
 * The one line that tells a user what went wrong, where it was no fault of ours: a UserError, the system's refusal
 * (operation, path, code in words), or the database's, also behind an error that it caused. Else undefined.
 */
export function asUserError(error: unknown): UserError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at instanceof UserError) return at;
    // A bundle of the site carries a class of its own.
    if (at.name === 'UserError') return new UserError(at.message, { cause: at });
    const line = systemLine(at) ?? databaseLine(at) ?? packageLine(at);
    if (line !== undefined) return new UserError(line, { cause: at });
  }
  return undefined;
}

function systemLine(error: Error): string | undefined {
  const code = errorCode(error);
  if (code === undefined || !Object.hasOwn(meanings, code)) return undefined;
  const call = textOf(error, 'syscall') ?? 'use';
  const operation = Object.hasOwn(operations, call) ? operations[call] : call;
  const path = textOf(error, 'dest') ?? textOf(error, 'path');
  if (code === 'EEXIST' && call === 'mkdir') return `a file, expected a folder: ${path ?? 'unknown'} (${code})`;
  return `cannot ${operation}${path === undefined ? '' : ` ${path}`}: ${meanings[code]} (${code})`;
}

/** Of packages that one command alone needs, and that are not installed with the others. */
const optionalPackages = ['@tensorflow/tfjs'];

function packageLine(error: Error): string | undefined {
  const name = /^Cannot find package '([^']+)'/.exec(error.message)?.at(1);
  if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND' || !optionalPackages.includes(name ?? '')) return undefined;
  return `this command needs the package ${name}, expected it beside attention-atlas (npm install ${name})`;
}

function textOf(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}

/** DuckDB's complaints about files and memory; those about our SQL are ours. */
function databaseLine(error: Error): string | undefined {
  const [line = ''] = error.message.split('\n', 1);
  return /^(IO|Out of Memory) Error: /.test(line) ? `database: ${line}` : undefined;
}
