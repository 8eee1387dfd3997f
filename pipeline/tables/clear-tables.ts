import { join } from 'node:path';
import { removeTable } from '../store/table-folder.ts';
import { tables } from './schema.ts';

/** The corpus is packed by then; what other commands add tells itself which run or SAE it is of. */
const kept = /^(?:documents|contexts|labels|label_answers|compared_\w+)$/;

/** Removes what an earlier run left in OUT of the tables that a run makes of its work: of some settings it makes fewer. */
export async function clearTables(out: string): Promise<void> {
  for (const { name } of Object.values(tables)) if (!kept.test(name)) await removeTable(join(out, name));
}
