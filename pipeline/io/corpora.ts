import { UserError } from '../core/user-error.ts';
import { byteStream } from './byte-stream.ts';
import { corpusFiles } from './corpus-files.ts';
import { lines } from './lines.ts';
import { parquetTexts } from './parquet-text.ts';
import { textPieces } from './text-decoding.ts';

/** One document of a corpus, or a piece of a long one. */
export interface Document {
  readonly text: string;
  /** Its file, and its line or row, for messages. */
  readonly source: string;
  /** The next text goes on with this document. */
  readonly continues?: boolean;
}

/**
 * The documents of files, folders and globs, streamed in a fixed order: a line each of .jsonl, .ndjson and .json, a
 * row each of .parquet, and every other file as one, a long one in pieces; `.gz` after any of these is unpacked. A
 * byte-order mark is dropped; stray bytes that are no UTF-8 become U+FFFD. Throws UserError naming file and line, and
 * for no text at all.
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
  let previous: string | undefined;
  for await (const text of textPieces(byteStream(path), path)) {
    if (previous !== undefined) yield { text: previous, source: path, continues: true };
    previous = text;
  }
  yield { text: previous ?? '', source: path };
}
