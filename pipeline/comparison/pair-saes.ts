import type { SaeRow } from '../measures/quality/table.ts';
import type { RunReader } from '../tables/reader.ts';

type Shape = Pick<SaeRow, 'layer' | 'sae' | 'site' | 'd_in' | 'd_sae'>;

/** An SAE of a run, by its row in the table and its weights. */
export interface RunSae {
  readonly row: Shape;
  readonly sha256: string;
}

export interface SaePair {
  readonly own: RunSae;
  readonly other: RunSae;
  readonly isSame: boolean;
}

type Compared = Pick<RunReader, 'record'> & { readonly rows: readonly Shape[] };

/** A run's SAEs in the order of its table. */
export function saesOf({ record, rows }: Compared): RunSae[] {
  return rows.map((row) => ({ row, sha256: record.saes.find(({ id }) => id === row.sae)?.sha256 ?? '' }));
}

/**
 * Each SAE with the one of the other run that it is compared with: of those of its layer that read the same, the one with
 * its weights, else with its id, else that of the nearest width, none twice. One without any is left out.
 */
export function pairSaes(own: readonly RunSae[], others: readonly RunSae[]): SaePair[] {
  const found = new Map<RunSae, RunSae>();
  const taken = new Set<RunSae>();
  const takeBy = (choose: (sae: RunSae, free: readonly RunSae[]) => RunSae | undefined) => {
    for (const sae of own) {
      if (found.has(sae)) continue;
      const free = others.filter((other) => !taken.has(other) && readTheSame(sae, other));
      const chosen = choose(sae, free);
      if (!chosen) continue;
      found.set(sae, chosen);
      taken.add(chosen);
    }
  };
  takeBy(({ sha256 }, free) => free.find((other) => other.sha256 === sha256));
  takeBy(({ row }, free) => free.find((other) => other.row.sae === row.sae));
  takeBy(({ row }, free) => free.toSorted((a, b) => widthApart(a, row) - widthApart(b, row)).at(0));
  return own.flatMap((sae) => {
    const other = found.get(sae);
    return other ? [{ own: sae, other, isSame: sae.sha256 === other.sha256 }] : [];
  });
}

const readTheSame = ({ row: a }: RunSae, { row: b }: RunSae): boolean =>
  a.layer === b.layer && a.site === b.site && a.d_in === b.d_in;

const widthApart = ({ row }: RunSae, { d_sae }: Shape): number => Math.abs(Math.log(row.d_sae / d_sae));
