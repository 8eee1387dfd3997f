import { UserError } from '../core/user-error.ts';
import { byteStream, maxDocumentBytes } from './byte-stream.ts';
import { corpusFiles } from './corpus-files.ts';
import { lines } from './lines.ts';
import { parquetTexts } from './parquet-text.ts';
import { decodeText } from './text-decoding.ts';

/** One document of a corpus; `source` is its file, and its line or row, for messages. */
export interface Document {
  readonly text: string;
  readonly source: string;
}

/**
 * The documents of files, folders and globs, streamed in a fixed order: a line each of .jsonl, .ndjson and .json, a
 * row each of .parquet, and every other file as one; `.gz` after any of these is unpacked. A byte-order mark is
 * dropped; stray bytes that are no UTF-8 become U+FFFD. Throws UserError naming file and line, and for no text at all.
 */
export async function* documents(paths: readonly string[]): AsyncGenerator<Document> {
  let hasText = false;
  for (const { path } of await corpusFiles(paths)) {
    for await (const document of fileDocuments(path)) {
      hasText ||= document.text !== '';
      yield document;
    }
  }
  if (!hasText) throw new UserError(`empty corpus: no text in ${paths.join(', ')}`);
}

function fileDocuments(path: string): AsyncGenerator<Document> {
  const name = path.replace(/\.gz$/, '').toLowerCase();
  if (/\.(jsonl|ndjson|json)$/.test(name)) return jsonLines(path);
  if (name.endsWith('.parquet')) return parquetRows(path);
  return plainText(path);
}

async function* jsonLines(path: string): AsyncGenerator<Document> {
  let line = 0;
  for await (const json of lines(byteStream(path), path)) {
    line++;
    const source = `${path}:${line}`;
    if (json.trim() !== '') yield { text: parseTextField(json, source), source };
  }
}

function parseTextField(json: string, source: string): string {
  const value = parseJson(json, source);
  if (typeof value !== 'object' || value === null || !('text' in value)) {
    throw new UserError(`missing text field (${source})`);
  }
  if (typeof value.text !== 'string') {
    throw new UserError(`text is ${JSON.stringify(value.text)?.slice(0, 40)}, expected a string (${source})`);
  }
  return value.text;
}

function parseJson(json: string, source: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UserError(`malformed json line: ${JSON.stringify(json.trim().slice(0, 40))} (${source})`);
  }
}

async function* parquetRows(path: string): AsyncGenerator<Document> {
  let row = 0;
  for await (const text of parquetTexts(path)) {
    row++;
    yield { text, source: `${path}:${row}` };
  }
}

async function* plainText(path: string): AsyncGenerator<Document> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of byteStream(path)) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxDocumentBytes) {
      throw new UserError(`text file too large: over ${maxDocumentBytes} bytes as one document, use JSONL (${path})`);
    }
  }
  yield { text: decodeText(Buffer.concat(pieces), path), source: path };
}
