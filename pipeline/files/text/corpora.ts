import { UserError } from '../../errors/user-error.ts';
import { byteStream, type OnBytes } from '../byte-stream.ts';
import { lines, maxDocumentBytes } from '../lines.ts';
import { parseJson } from '../tokenizer/json.ts';
import { type CorpusFile, type CorpusFormat, corpusFiles } from './corpus-files.ts';
import { jsonDocuments } from './json-documents.ts';
import { parquetTexts } from './parquet-text.ts';
import { shuffledDocuments, shuffledFiles } from './shuffled-documents.ts';
import { decodedText } from './text-decoding.ts';
import { textPieces } from './text-pieces.ts';

/** One document of a corpus, or a piece of a long one. */
export interface Document {
  readonly text: string;
  /** What its file is called. */
  readonly file: string;
  /** Where it begins in its file: at this byte, unpacked, or at this row in Parquet, item in a JSON list; all from 0. */
  readonly offset: number;
  /** Its file, and its line or row, for messages. */
  readonly source: string;
  /** The next text goes on with this document. */
  readonly continues?: boolean;
}

export interface CorpusOptions {
  /** A folder that is no part of the corpus, even where it lies inside of it: the run's own. */
  readonly without?: string;
  /** Hears of each piece of a file that was read. */
  readonly onBytes?: OnBytes;
  /** Seed of a random order of files, and of documents among some 16 million characters; without it, the order is fixed. */
  readonly shuffle?: number | undefined;
}

/**
 * The documents of files, folders and globs, streamed in a fixed order: a line each of .jsonl and .ndjson, a row each of
 * .parquet, and every other file as one; `.json` is read as JSON Lines, or where it is one value as jsonDocuments says;
 * `.gz` after any of these is unpacked. A long document comes in pieces. A byte-order mark is dropped; stray bytes that are no UTF-8 become U+FFFD. Throws UserError naming file and
 * line, and for no text at all.
 */
export async function* documents(paths: readonly string[], options: CorpusOptions = {}): AsyncGenerator<Document> {
  yield* documentsIn(await corpusFiles(paths, options.without), options);
}

/** The documents of files already found. */
export async function* documentsIn(
  files: readonly CorpusFile[],
  { onBytes, shuffle }: Omit<CorpusOptions, 'without'> = {},
): AsyncGenerator<Document> {
  if (shuffle === undefined) yield* inOrder(files, onBytes);
  else yield* shuffledDocuments(inOrder(shuffledFiles(files, shuffle), onBytes), shuffle);
}

async function* inOrder(files: readonly CorpusFile[], onBytes?: OnBytes): AsyncGenerator<Document> {
  let hasText = false;
  for (const file of files) {
    for await (const document of readers[file.format](file, onBytes)) {
      hasText ||= document.text !== '';
      yield { ...document, file: file.file };
    }
  }
  if (!hasText) throw new UserError(`empty corpus: no text in ${listed(files.map(({ path }) => path))}`);
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

type Read = Omit<Document, 'file'>;

const readers: Readonly<Record<CorpusFormat, (file: CorpusFile, onBytes?: OnBytes) => AsyncGenerator<Read>>> = {
  jsonl: jsonLines,
  json: jsonFile,
  parquet: parquetRows,
  text: plainText,
};

async function* jsonLines({ path }: CorpusFile, onBytes?: OnBytes): AsyncGenerator<Read> {
  for await (const { text: json, number, offset } of lines(byteStream(path, onBytes), path)) {
    const source = `${path}:${number}`;
    if (json.trim() !== '') yield* inPieces([parseTextField(json, source)], { source, offset });
  }
}

async function* jsonFile(file: CorpusFile, onBytes?: OnBytes): AsyncGenerator<Read> {
  yield* (await isOneValue(file.path)) ? jsonValue(file, onBytes) : jsonLines(file, onBytes);
}

/** Whether a .json file is one value: one that goes over several lines, or a lone line without a text field of its own. */
async function isOneValue(path: string): Promise<boolean> {
  let first: unknown;
  for await (const { text: json } of lines(byteStream(path), path)) {
    if (json.trim() === '') continue;
    if (first !== undefined) return false;
    first = parsedJson(json);
    if (first === undefined) return true;
  }
  return typeof first === 'object' && first !== null && !('text' in first);
}

/** Undefined where it is no JSON. */
function parsedJson(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

async function* jsonValue({ path }: CorpusFile, onBytes?: OnBytes): AsyncGenerator<Read> {
  const parts: string[] = [];
  let characters = 0;
  for await (const part of decodedText(byteStream(path, onBytes), path)) {
    characters += part.length;
    if (characters > maxDocumentBytes) {
      throw new UserError(`json too long: over ${maxDocumentBytes} characters, expected JSON Lines (${path})`);
    }
    parts.push(part);
  }
  const value = parsedJson(parts.join(''));
  if (value === undefined) throw new UserError(`malformed json: neither lines of JSON nor one value (${path})`);
  const texts = jsonDocuments(value);
  if (texts.length === 0) throw new UserError(`missing text field (${path})`);
  for (const [offset, text] of texts.entries()) yield* inPieces([text], { source: path, offset });
}

async function* parquetRows({ path, bytes }: CorpusFile, onBytes: OnBytes = () => {}): AsyncGenerator<Read> {
  let row = 0;
  for await (const text of parquetTexts(path)) {
    const offset = row++;
    yield* inPieces([text], { source: `${path}:${row}`, offset });
  }
  onBytes(bytes);
}

async function* plainText({ path }: CorpusFile, onBytes?: OnBytes): AsyncGenerator<Read> {
  yield* inPieces(decodedText(byteStream(path, onBytes), path), { source: path, offset: 0 });
}

/** One document's text, in pieces where it is long. */
async function* inPieces(
  texts: AsyncIterable<string> | Iterable<string>,
  place: Pick<Read, 'source' | 'offset'>,
): AsyncGenerator<Read> {
  let previous: string | undefined;
  for await (const text of textPieces(texts)) {
    if (previous !== undefined) yield { text: previous, ...place, continues: true };
    previous = text;
  }
  yield { text: previous ?? '', ...place };
}

function parseTextField(json: string, source: string): string {
  const value = parseLine(json, source);
  if (typeof value !== 'object' || value === null || !('text' in value)) {
    throw new UserError(`missing text field (${source})`);
  }
  if (typeof value.text !== 'string') {
    throw new UserError(`text is ${JSON.stringify(value.text)?.slice(0, 40)}, expected a string (${source})`);
  }
  return value.text;
}

function parseLine(json: string, source: string): unknown {
  try {
    return parseJson(json);
  } catch {
    throw new UserError(`malformed json line: ${JSON.stringify(json.trim().slice(0, 40))} (${source})`);
  }
}
