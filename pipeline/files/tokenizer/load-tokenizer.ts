import type { TextMarks } from './text-marks.ts';
import type { Tokenizer as PureTokenizer } from './tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';
import { readTokenizerFiles } from './tokenizer-files.ts';

/** Text to token ids and back, and where that was read. */
export interface Tokenizer extends PureTokenizer {
  /** The files it was read from. */
  readonly paths: readonly string[];
}

/**
 * Loads a tokenizer from tokenizer.json, or from vocab.json and merges.txt.
 * Throws UserError for a missing or malformed file, or one without a beginning-of-sequence token.
 */
export async function loadTokenizer(dir: string, model: Partial<TextMarks> = {}): Promise<Tokenizer> {
  const files = await readTokenizerFiles(dir);
  return { ...createTokenizer(files, { file: files.paths.at(0) ?? dir, folder: dir }, model), paths: files.paths };
}
