import { UserError } from '../../pipeline/errors/user-error.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { HeadPage } from '../compose/head-page.ts';
import { inductionVerdicts } from '../measures/studies/induction/load.ts';
import { ioiHeadsOf } from '../measures/studies/ioi/load.ts';
import { readHeadPages } from './head-features.ts';

/** The pages of a layer's heads as one of its SAEs shows them, with what studies say of each. */
export async function saeHeadPages(reader: RunReader, sae: string): Promise<HeadPage[]> {
  const rows = (await reader.heads()).filter((row) => row.sae === sae);
  if (rows.length === 0) throw new UserError(`no heads of sae ${sae} in the heads table`);
  const { layer } = rows[0];
  const verdicts = await inductionVerdicts(reader, layer);
  const objects = await ioiHeadsOf(reader, layer);
  return (await readHeadPages(reader, rows)).map((page) => {
    return { ...page, induction: verdicts.get(page.head), ioi: objects.get(page.head) };
  });
}
