import {
  type Data,
  Field,
  FixedSizeList,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  Uint16,
  Uint32,
  Vector,
} from 'apache-arrow';
import { columnNames } from './format.ts';
import { type RowFile, shownRoles, TOKENS_SHOWN } from './row-file.ts';

/** An Arrow IPC stream with a column for each. */
export function encodeRowFile({ numbers, tokens }: RowFile): Uint8Array {
  const vectors: Record<string, Vector> = {};
  for (const name of columnNames) vectors[name] = makeVector(numbers[name]);
  for (const role of shownRoles) vectors[role] = new Vector([listsOf(tokens[role])]);
  return tableToIPC(new Table(vectors), 'stream');
}

function listsOf(places: Uint32Array): Data<FixedSizeList> {
  const isNarrow = places.every((place) => place < 2 ** 16);
  const child = isNarrow
    ? makeData({ type: new Uint16(), data: Uint16Array.from(places) })
    : makeData({ type: new Uint32(), data: places });
  const type = new FixedSizeList(TOKENS_SHOWN, new Field('token', child.type));
  return makeData({ type, child, length: places.length / TOKENS_SHOWN });
}
