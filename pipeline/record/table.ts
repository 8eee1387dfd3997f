import { bigint, blob, int, list, type NewRowOf, nullable, type RowOf, text } from '../store/column-types.ts';
import { table } from '../store/table.ts';

/**
 * What was packed. `tokens` are those that are in contexts, the end-of-text token after the document among them, and
 * `token_start` counts those of all documents before: token t of contexts of n positions is at position
 * t mod (n − 1) + 1 of context ⌊t / (n − 1)⌋. The hash is the text's SHA-256; none of a document not read to its end.
 */
export const documents = table(
  'documents',
  { document: int, file: text, offset: bigint, hash: nullable(text), tokens: bigint, token_start: bigint },
  { sortedBy: ['document'] },
);

/** `document` is that of a context's first token after the beginning of sequence, and `offset` its place among the document's tokens. */
export const contexts = table(
  'contexts',
  { context: int, token_ids: list(int), document: int, offset: bigint },
  { sortedBy: ['context'] },
);

export const vocabulary = table('vocabulary', { token_id: int, token: text, bytes: blob }, { sortedBy: ['token_id'] });

export type DocumentRow = RowOf<typeof documents>;
export type NewDocumentRow = NewRowOf<typeof documents>;
export type ContextRow = RowOf<typeof contexts>;
export type NewContextRow = NewRowOf<typeof contexts>;
export type VocabularyRow = RowOf<typeof vocabulary>;
export type NewVocabularyRow = NewRowOf<typeof vocabulary>;
