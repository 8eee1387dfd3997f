import type { NotesOfTables } from './notes-of.ts';

/** The texts of a run, and its tokens. */
export const corpusNotes = {
  documents: {
    document: 'from 0, in the order of the corpus',
    file: 'corpus file, by the name that the run gives it',
    offset: 'byte of its file, unpacked, that it begins at; in a Parquet file its row, in a JSON list its item, from 0',
    hash: 'SHA-256 of the text; null for a document not read to its end',
    tokens: 'its tokens that are in contexts, the end-of-text token after it among them',
  },
  contexts: {
    context: 'from 0, in the order of the corpus',
    token_ids: 'all tokens of the context, BOS first',
    document: 'document of the first token after BOS',
    offset: 'place of that token among the document’s, from 0',
  },
  vocabulary: {
    token_id: 'the tokenizer’s id',
    token: 'the token as text',
    bytes: 'the token as bytes, which may be part of a character',
  },
} satisfies NotesOfTables;
