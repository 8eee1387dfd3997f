import type { ContextRow, DocumentRow } from '../../pipeline/record/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import { readContexts } from './contexts.ts';

export interface Sources {
  readonly contexts: ReadonlyMap<number, ContextRow>;
  /** The documents that these are of, by number. */
  readonly documents: ReadonlyMap<number, DocumentRow>;
}

/** Where each of the contexts begins. */
export const sourceIn =
  ({ contexts, documents }: Sources): PageEnv['source'] =>
  (context) => {
    const row = contexts.get(context);
    const document = row && documents.get(row.document);
    return document && { file: document.file, document: document.document, offset: Number(row.offset) };
  };

/** With the documents of some contexts. */
export async function withDocuments(reader: RunReader, contexts: Sources['contexts']): Promise<Sources> {
  const rows = await reader.documentsOf([...new Set([...contexts.values()].map(({ document }) => document))]);
  return { contexts, documents: new Map(rows.map((row) => [row.document, row])) };
}

/** Some contexts and their documents. */
export const readSources = async (reader: RunReader, wanted: ReadonlySet<number>): Promise<Sources> =>
  withDocuments(reader, await readContexts(reader, wanted));
