import { UserError } from '../../errors/user-error.ts';
import { byteStream, isGzip } from '../../files/byte-stream.ts';
import { readJsonFile } from '../../files/files.ts';
import { lines } from '../../files/lines.ts';
import { parsePythonJson } from '../../files/python-json.ts';
import { delphiFolder, delphiLabels } from './delphi.ts';
import type { FoundLabel } from './label-entry.ts';
import { type LabelFile, labelFiles } from './label-files.ts';
import { isNeuronpediaRow, neuronpediaRow } from './neuronpedia-row.ts';
import { tableRow, unreadColumns } from './table-row.ts';
import { readZippedJson } from './zipped-json.ts';

interface PlacedRow {
  readonly row: unknown;
  readonly place: string;
}

/** All labels that paths lead to, one after another; `onUnread` hears of columns that no label has a place for. */
export async function* readLabels(
  paths: readonly string[],
  onUnread: (column: string) => void,
): AsyncGenerator<FoundLabel> {
  for (const path of paths) {
    const delphi = await delphiFolder(path);
    if (delphi !== undefined) yield* delphiLabels(delphi);
    else for (const file of await labelFiles(path)) yield* fileLabels(file, onUnread);
  }
}

async function* fileLabels(file: LabelFile, onUnread: (column: string) => void): AsyncGenerator<FoundLabel> {
  for await (const { row, place } of fileRows(file)) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new UserError(`malformed label: expected an object (${place})`);
    }
    if (isNeuronpediaRow(row)) {
      yield neuronpediaRow(row, place);
      continue;
    }
    for (const column of unreadColumns(row)) onUnread(column);
    const found = tableRow(row, place);
    yield 'left' in found ? found : { ...found, entry: { ...found.entry, source: found.entry.source ?? file.name } };
  }
}

async function* fileRows({ path, format }: LabelFile): AsyncGenerator<PlacedRow> {
  if (format === 'jsonl') {
    for await (const { text, number } of lines(byteStream(path), path)) {
      const place = `${path}:${number}`;
      if (text.trim() !== '') yield { row: parseLine(text, place), place };
    }
  } else if (format === 'json') {
    const rows = await (isGzip(path) ? readZippedJson(path) : readJsonFile(path));
    if (!Array.isArray(rows)) throw new UserError(`malformed labels: expected a list (${path})`);
    for (const [i, row] of rows.entries()) yield { row, place: `${path}, entry ${i}` };
  } else {
    const { tableFileRows } = await import('./table-file.ts');
    let number = 1;
    for await (const row of tableFileRows(path)) yield { row, place: `${path}, row ${number++}` };
  }
}

function parseLine(text: string, place: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new UserError(`malformed json: ${error instanceof Error ? error.message : String(error)} (${place})`);
  }
}
