/** Bytes that GPT-2's byte-level alphabet shows as themselves: printable Latin-1 without the soft hyphen. */
function isPrintable(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

/**
 * The printable character of each byte in a byte-level tokenizer: a printable byte stands for itself,
 * the n-th other byte is code point 256 + n.
 * Source: Radford et al. 2019, the GPT-2 encoder.
 */
export function byteAlphabet(): readonly string[] {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : 256 + others++));
}
