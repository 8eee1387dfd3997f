import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type * as z from 'zod';
import { errorCode } from '../errors/system-error.ts';
import { DamagedFile } from './checksum.ts';
import { writeJsonAtomic } from './replace-file.ts';

/** Writes a value beside its checksum, whole or not at all. */
export function writeSealedJson(path: string, value: unknown, folder?: string): Promise<void> {
  return writeJsonAtomic(path, { crc: crc32(JSON.stringify(value)), value }, folder);
}

/**
 * The value of such a file, by its schema; undefined where there is none. Throws DamagedFile where it is not what was written,
 * or what another version wrote.
 */
export async function readSealedJson<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { crc, value } = sealIn(text);
  if (value === undefined || crc !== crc32(JSON.stringify(value))) {
    throw new DamagedFile(path, 'its checksum is not that of what was written');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DamagedFile(path, 'it is of another version');
}

/** The same where a damaged file is as good as none. */
export async function readIntactJson<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | undefined> {
  try {
    return await readSealedJson(path, schema);
  } catch (error) {
    if (error instanceof DamagedFile) return undefined;
    throw error;
  }
}

function sealIn(text: string): { readonly crc?: unknown; readonly value?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
