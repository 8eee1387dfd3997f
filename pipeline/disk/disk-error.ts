import { UserError } from '../core/user-error.ts';

/** Why the system refused, for those refusals that are the user's to mend. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'the file system takes no file of that size',
  EROFS: 'the file system is read-only',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EIO: 'the disk failed',
  ESTALE: 'the file system was lost',
  ENOENT: 'its folder is gone',
  ENOTDIR: 'a file is where a folder is expected',
  EEXIST: 'a file is where a folder is expected',
  EISDIR: 'a folder is where a file is expected',
  ELOOP: 'too many links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

const verbs: Readonly<Record<string, string>> = { sync: 'write', truncate: 'write', create: 'write' };

/** A failed file operation as one line, if it is one that the user can mend; else the error as it is. */
export function diskError(operation: string, path: string, cause: unknown): unknown {
  const code = errorCode(cause);
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined || cause instanceof UserError) return cause;
  return new UserError(`cannot ${verbs[operation] ?? operation} ${path}: ${reason} (${code})`, { cause });
}

/** The error code of a failed system call, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
