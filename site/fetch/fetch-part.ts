import { fetchFile } from './fetch-file.ts';

interface Part {
  readonly from: number;
  readonly to: number;
}

/** Bytes `from` up to `to` of a file; of a host that knows no ranges the whole file comes, and is cut here. */
export async function fetchPart(url: string, { from, to }: Part): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, isWhole } = await fetchPartOrWhole(url, { from, to });
  return isWhole ? bytes.slice(from, to) : bytes;
}

/** The same, with what came where that is the whole file. */
export async function fetchPartOrWhole(
  url: string,
  { from, to }: Part,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly isWhole: boolean }> {
  const response = await fetchFile(url, { headers: { Range: `bytes=${from}-${to - 1}` } });
  return { bytes: new Uint8Array(await response.arrayBuffer()), isWhole: response.status !== 206 };
}
