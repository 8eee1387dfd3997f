import {
  type Data,
  Field,
  FixedSizeList,
  makeData,
  makeVector,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint16,
  Uint32,
  Vector,
} from 'apache-arrow';
import { type ColumnName, columnNames } from './format.ts';

/** Tokens of a role that a result shows. */
export const TOKENS_SHOWN = 5;

export const shownRoles = ['activating', 'promoted'] as const;
export type ShownRole = (typeof shownRoles)[number];

/** What results show of neighbouring features of an SAE, a place in each list a feature. */
export interface RowFile {
  /** As the column of that name has them. */
  readonly numbers: Readonly<Record<ColumnName, Uint16Array>>;
  /** Places in the vocabulary, TOKENS_SHOWN a feature, 0 where there is none. */
  readonly tokens: Readonly<Record<ShownRole, Uint32Array>>;
}

/** An Arrow IPC stream with a column for each. */
export function encodeRowFile({ numbers, tokens }: RowFile): Uint8Array {
  const vectors: Record<string, Vector> = {};
  for (const name of columnNames) vectors[name] = makeVector(numbers[name]);
  for (const role of shownRoles) vectors[role] = new Vector([listsOf(tokens[role])]);
  return tableToIPC(new Table(vectors), 'stream');
}

export function decodeRowFile(bytes: Uint8Array): RowFile {
  const table = tableFromIPC(bytes);
  const column = (name: string): Vector => {
    const child = table.getChild(name);
    if (!child) throw new Error(`a file of search rows has no column ${name}`);
    return child;
  };
  const numbers = (name: ColumnName) => Uint16Array.from(column(name).toArray());
  const places = (role: ShownRole) => Uint32Array.from(column(role).getChildAt(0)?.toArray() ?? []);
  return {
    numbers: {
      density: numbers('density'),
      max_activation: numbers('max_activation'),
      top_head: numbers('top_head'),
      top_head_weight: numbers('top_head_weight'),
      family: numbers('family'),
    },
    tokens: { activating: places('activating'), promoted: places('promoted') },
  };
}

function listsOf(places: Uint32Array): Data<FixedSizeList> {
  const isNarrow = places.every((place) => place < 2 ** 16);
  const child = isNarrow
    ? makeData({ type: new Uint16(), data: Uint16Array.from(places) })
    : makeData({ type: new Uint32(), data: places });
  const type = new FixedSizeList(TOKENS_SHOWN, new Field('token', child.type));
  return makeData({ type, child, length: places.length / TOKENS_SHOWN });
}
