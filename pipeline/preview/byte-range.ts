/** Bytes `first` to `last`, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range that a Range header asks for of so many bytes; `'none'` where there are no such bytes; undefined where it
 * asks for what is answered with the whole: several ranges, another unit, or no range at all. Source: RFC 9110, section 14.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [from = '', to = ''] = parts?.slice(1) ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  return first > last ? 'none' : { first, last };
}
