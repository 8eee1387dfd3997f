/** A file's bytes, as they were before gzip. Throws Error naming the file that did not come. */
export async function fetchUnzipped(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return unzip(new Uint8Array(await (await fetchFile(url)).arrayBuffer()));
}

/** What gzip made bytes of; a host that says `Content-Encoding: gzip` has had the browser unzip them. */
export async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isZipped) return bytes;
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unzipped).arrayBuffer());
}

/** Throws Error naming the file that did not come. */
export async function fetchFile(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} did not load: ${response.status}`);
  return response;
}
