// The run's contexts as the explorer fetches them: pieces of a few contexts each, so that one of them costs little.

export const contextsPerPiece = 256;
const headerWords = 2;

/** The piece that holds a context, and the context's place in it. */
export function pieceOf(context: number): { readonly file: string; readonly row: number } {
  return {
    file: `explorer/contexts/${Math.floor(context / contextsPerPiece)}.bin`,
    row: context % contextsPerPiece,
  };
}

/** Bytes of an id and ids of a context, as 32-bit words; then the ids of one context after another. Little-endian. */
export function encodePiece(contexts: readonly ArrayLike<number>[]): Uint8Array {
  const length = contexts.at(0)?.length ?? 0;
  const odd = contexts.find((ids) => ids.length !== length);
  if (odd) throw new RangeError(`a context has ${odd.length} tokens, the one before it ${length}`);
  const ids = contexts.flatMap((context) => Array.from(context));
  const isWide = ids.some((id) => id >= 2 ** 16);
  const body = isWide ? Uint32Array.from(ids) : Uint16Array.from(ids);
  const header = Uint32Array.of(body.BYTES_PER_ELEMENT, length);
  const bytes = new Uint8Array(header.byteLength + body.byteLength);
  bytes.set(new Uint8Array(header.buffer));
  bytes.set(new Uint8Array(body.buffer), header.byteLength);
  return bytes;
}

/** Ids of a piece's row; undefined where the piece has no such row. */
export function decodeContext(piece: ArrayBuffer, row: number): number[] | undefined {
  const [width, length = 0] = new Uint32Array(piece, 0, headerWords);
  const start = headerWords * 4;
  const ids = width === 4 ? new Uint32Array(piece, start) : new Uint16Array(piece, start);
  return length > 0 && (row + 1) * length <= ids.length
    ? [...ids.subarray(row * length, (row + 1) * length)]
    : undefined;
}
