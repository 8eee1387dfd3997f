import { tableFromIPC, type Vector } from 'apache-arrow';
import type { ColumnName } from './format.ts';
import type { RowFile, ShownRole } from './row-file.ts';

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
