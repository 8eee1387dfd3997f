import { UserError } from '../../errors/user-error.ts';
import { byteStream } from '../../files/byte-stream.ts';
import { parsePythonJson } from '../../files/python-json.ts';
import { decodedText } from '../../files/text/text-decoding.ts';

/** As much as is read of a JSON file that is not packed. */
const maxCharacters = 1 << 28;

/** The content of a .json.gz, its shape unknown. Throws UserError for one that is no JSON, or too large. */
export async function readZippedJson(path: string): Promise<unknown> {
  const parts: string[] = [];
  let characters = 0;
  for await (const part of decodedText(byteStream(path), path)) {
    characters += part.length;
    if (characters > maxCharacters)
      throw new UserError(`file too large: expected at most ${maxCharacters} characters unpacked (${path})`);
    parts.push(part);
  }
  try {
    return parsePythonJson(parts.join(''));
  } catch (error) {
    throw new UserError(`malformed json: ${error instanceof Error ? error.message : String(error)} (${path})`);
  }
}
