import { fetchFile } from '../fetch/fetch-file.ts';

/** Bytes `from` up to `to` of a file; of a host that knows no ranges the whole file comes, and is cut here. */
export async function fetchPart(
  url: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchFile(url, { headers: { Range: `bytes=${from}-${to - 1}` } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.status === 206 ? bytes : bytes.slice(from, to);
}
