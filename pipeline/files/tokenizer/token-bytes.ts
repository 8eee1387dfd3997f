/** GPT-2's printable stand-ins for the 256 bytes. Source: openai/gpt-2, src/encoder.py, bytes_to_unicode. */
const byteToCharacter: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(printable ? byte : next++);
  });
})();
const characterToByte = new Map(byteToCharacter.map((character, byte) => [character, byte]));
const utf8 = new TextEncoder();

/** A text's UTF-8 bytes, each as its stand-in: how byte-level BPE sees a word. */
export function byteLevel(text: string): string {
  let characters = '';
  for (const byte of utf8.encode(text)) characters += byteToCharacter[byte];
  return characters;
}

/** The bytes of a byte-level token; a character that stands for no byte is taken as text. */
export function bytesOfByteLevel(token: string): Uint8Array {
  return Uint8Array.from(
    [...token].flatMap((character) => characterToByte.get(character) ?? [...utf8.encode(character)]),
  );
}

/** The bytes of a SentencePiece token: `▁` is a space, `<0x0A>` a byte. */
export function bytesOfSentencePiece(token: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  return byte ? Uint8Array.of(Number.parseInt(byte, 16)) : utf8.encode(token.replaceAll('\u2581', ' '));
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text for display: UTF-8, and each byte that is none on its own as `\xE6`. */
export function displayText(bytes: Uint8Array): string {
  const whole = decodeStrictly(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = decodeStrictly(bytes.subarray(i, i + length));
    text += character ?? `\\x${lead.toString(16).toUpperCase().padStart(2, '0')}`;
    i += character === undefined ? 1 : length;
  }
  return text;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
