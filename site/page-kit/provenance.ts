import type { RunRecord } from '../../pipeline/record/run-record.ts';
import { counted } from './counted.ts';
import { count } from './format.ts';

export interface InputRow {
  readonly what: string;
  readonly file: string;
  readonly sha256: string;
}

/** How much text the numbers come from, and how much of what was given that is. */
export function readSentence({ tokens, documents, files, filesGiven }: RunRecord['counts']): string {
  const of = files < filesGiven ? ` of the ${count(filesGiven)} given` : '';
  return `${counted(tokens, 'token')} of ${counted(documents, 'document')} in ${counted(files, 'file')}${of}.`;
}

/** The files that a run read, at most so many of the text, and how many of these are left out. */
export function inputRows(record: RunRecord, mostTexts: number): { readonly rows: InputRow[]; readonly left: number } {
  const texts = record.corpus.slice(0, mostTexts).map(({ documents, tokens, file, sha256 }) => ({
    what: `Text, ${counted(documents, 'document')}, ${counted(tokens, 'token')}`,
    file,
    sha256,
  }));
  const rows = [
    ...record.model.files.map((file) => ({ what: `Model ${record.model.name}`, ...file })),
    ...record.tokenizer.files.map((file) => ({ what: 'Tokenizer', ...file })),
    ...record.saes.flatMap(({ id, layer, files }) =>
      files.map((file) => ({ what: id === String(layer) ? `SAE, layer ${layer}` : `SAE ${id}`, ...file })),
    ),
    ...texts,
  ];
  return { rows, left: record.corpus.length - texts.length };
}
