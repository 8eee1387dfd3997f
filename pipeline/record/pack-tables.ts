import { openTable, type TableWriter } from '../store/writer.ts';
import type { PackLedger } from './pack-ledger.ts';
import { contexts, documents, type NewContextRow, type NewDocumentRow } from './table.ts';

/** Documents of a corpus file that were packed, and their tokens. */
export interface PackedFile {
  readonly file: string;
  documents: number;
  tokens: number;
}

/** What was packed, file by file. */
export interface PackTotals {
  readonly documents: number;
  readonly files: readonly PackedFile[];
}

const contextsPerAppend = 1024;

/** Writes the tables of contexts and of documents while these are packed; without a folder, it only counts. */
export class PackTables {
  readonly #ledger: PackLedger;
  readonly #contexts: TableWriter<NewContextRow> | undefined;
  readonly #documents: TableWriter<NewDocumentRow> | undefined;
  readonly #files = new Map<string, PackedFile>();
  #rows: NewContextRow[] = [];
  #count = 0;

  private constructor(
    ledger: PackLedger,
    contexts: TableWriter<NewContextRow> | undefined,
    documents: TableWriter<NewDocumentRow> | undefined,
  ) {
    this.#ledger = ledger;
    this.#contexts = contexts;
    this.#documents = documents;
  }

  static async open(ledger: PackLedger, out: string | undefined): Promise<PackTables> {
    if (out === undefined) return new PackTables(ledger, undefined, undefined);
    return new PackTables(ledger, await openTable(out, contexts), await openTable(out, documents));
  }

  /** Adds the next context. */
  async add(tokenIds: Int32Array): Promise<void> {
    const context = this.#count++;
    const { start, ended } = this.#ledger.start(context);
    await this.#addDocuments(ended);
    if (this.#contexts) this.#rows.push({ context, token_ids: tokenIds, ...start });
    if (this.#rows.length >= contextsPerAppend) await this.#append();
  }

  async #append(): Promise<void> {
    await this.#contexts?.append(this.#rows);
    this.#rows = [];
  }

  async #addDocuments(rows: readonly NewDocumentRow[]): Promise<void> {
    await this.#documents?.append(rows);
    for (const { file, tokens } of rows) {
      const total = this.#files.get(file) ?? { file, documents: 0, tokens: 0 };
      this.#files.set(file, total);
      total.documents += 1;
      total.tokens += tokens;
    }
  }

  /** Puts both tables in place. */
  async close(): Promise<PackTotals> {
    await this.#addDocuments(this.#ledger.end(this.#count));
    await this.#append();
    await this.#contexts?.close();
    await this.#documents?.close();
    const files = [...this.#files.values()];
    return { documents: files.reduce((sum, { documents }) => sum + documents, 0), files };
  }

  async abort(): Promise<void> {
    await this.#contexts?.abort();
    await this.#documents?.abort();
  }
}
