import type { NewDocumentRow, NewVocabularyRow } from '../../pipeline/record/table.ts';
import { CONTEXT, CONTEXTS } from './synthetic-shape.ts';

/** A document a context. */
export function syntheticDocuments(): NewDocumentRow[] {
  const tokens = CONTEXT - 1;
  return Array.from({ length: CONTEXTS }, (_, document) => ({
    ...{ document, file: 'corpus/text.jsonl', offset: 1000 * document, hash: '0'.repeat(64) },
    ...{ tokens, token_start: document * tokens },
  }));
}

export function vocabularyRow(token: string, token_id: number): NewVocabularyRow {
  return { token_id, token, bytes: token === '\\xE6' ? Uint8Array.of(0xe6) : new TextEncoder().encode(token) };
}
