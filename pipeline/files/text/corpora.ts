import { UserError } from '../../errors/user-error.ts';
import { byteStream, type OnBytes } from '../byte-stream.ts';
import { lines } from '../lines.ts';
import { parseJson } from '../tokenizer/json.ts';
import { type CorpusFile, type CorpusFormat, corpusFiles } from './corpus-files.ts';
import { parquetTexts } from './parquet-text.ts';
import { decodedText } from './text-decoding.ts';
import { textPieces } from './text-pieces.ts';

/** One document of a corpus, or a piece of a long one. */
export interface Document {
  readonly text: string;
  /** What its file is called. */
  readonly file: string;
  /** Where it begins in its file: at this byte, unpacked, or in Parquet at this row; both from 0. */
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
}

/**
 * The documents of files, folders and globs, streamed in a fixed order: a line each of .jsonl, .ndjson and .json, a
 * row each of .parquet, and every other file as one; `.gz` after any of these is unpacked. A long document comes in
 * pieces. A byte-order mark is dropped; stray bytes that are no UTF-8 become U+FFFD. Throws UserError naming file and
 * line, and for no text at all.
 */
export async function* documents(paths: readonly string[], options: CorpusOptions = {}): AsyncGenerator<Document> {
  yield* documentsIn(await corpusFiles(paths, options.without), options);
}

/** The documents of files already found. */
export async function* documentsIn(
  files: readonly CorpusFile[],
  { onBytes }: Pick<CorpusOptions, 'onBytes'> = {},
): AsyncGenerator<Document> {
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
  parquet: parquetRows,
  text: plainText,
};

async function* jsonLines({ path }: CorpusFile, onBytes?: OnBytes): AsyncGenerator<Read> {
  for await (const { text: json, number, offset } of lines(byteStream(path, onBytes), path)) {
    const source = `${path}:${number}`;
    if (json.trim() !== '') yield* inPieces([parseTextField(json, source)], { source, offset });
  }
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
