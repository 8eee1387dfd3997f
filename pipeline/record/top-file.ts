import { join } from 'node:path';
import { type Checksum, emptyChecksum, extendChecksum, readVerified } from '../disk/checksum.ts';
import { writeFileAtomic } from '../disk/replace-file.ts';
import { TopExamples, type TopExamplesState } from './top-examples.ts';

/** A file of top examples in the working folder. */
export interface TopFile {
  readonly name: string;
  readonly file: Checksum;
}

/** Writes values, tokens, records, then sizes. */
export async function writeTop(folder: string, name: string, { state }: TopExamples): Promise<TopFile> {
  const { values, tokens, records, sizes } = state;
  const bytes = Buffer.concat(
    [values, tokens, records, sizes].map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  );
  await writeFileAtomic(join(folder, name), bytes);
  return { name, file: extendChecksum(emptyChecksum, bytes) };
}

/** The k top examples of each feature as they were written. Throws DamagedFile where the file is not as it was. */
export async function readTop(
  folder: string,
  from: TopFile | null,
  features: number,
  k: number,
  threshold?: Float32Array,
): Promise<TopExamples> {
  if (from === null) return new TopExamples(features, k, undefined, threshold);
  const bytes = new Uint8Array(await readVerified(join(folder, from.name), from.file)).buffer;
  const size = 4 * features * k;
  const state: TopExamplesState = {
    values: new Float32Array(bytes, 0, features * k),
    tokens: new Uint32Array(bytes, size, features * k),
    records: new Uint32Array(bytes, 2 * size, features * k),
    sizes: new Uint16Array(bytes, 3 * size, features),
  };
  return new TopExamples(features, k, state, threshold);
}
