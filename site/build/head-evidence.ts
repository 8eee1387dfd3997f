import { inductionHeads } from '../../pipeline/measures/studies/induction/table.ts';
import { ioiHeads } from '../../pipeline/measures/studies/ioi/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { HeadEvidence } from '../measures/heads/head-scores.ts';

/** What the run and its studies say of every head, a row for each SAE of its layer. */
export async function readHeadEvidence(reader: RunReader): Promise<HeadEvidence[]> {
  const circuits = byHead(await reader.headCircuits());
  const induction = byHead((await reader.study('induction')) ? await reader.studyRows(inductionHeads) : []);
  const ioi = byHead((await reader.study('ioi')) ? await reader.studyRows(ioiHeads) : []);
  return (await reader.heads()).map((row) => {
    const head = nameOf(row);
    return { row, circuits: circuits.get(head), induction: induction.get(head), ioi: ioi.get(head) };
  });
}

const nameOf = ({ layer, head }: { readonly layer: number; readonly head: number }): string => `${layer}.${head}`;

const byHead = <T extends { readonly layer: number; readonly head: number }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [nameOf(row), row]));
