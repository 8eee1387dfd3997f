import type { MapMethod } from '../../pipeline/measures/map/table.ts';

/** index.json: the maps of a site. */
export interface MapManifest {
  readonly maps: readonly {
    /** The SAE that is drawn alone; null for all together. */
    readonly sae: string | null;
    readonly method: MapMethod;
    readonly features: number;
    /** Share of the variance that lies in the first two principal components. */
    readonly planeVariance: number;
  }[];
}

/** Whether a feature's place is among its SAE's features or among all. */
export type MapKind = 'own' | 'all';

/** The files of a map folder; all but index.json are gzip. */
export const mapFiles = {
  manifest: 'index.json',
  /** x of each feature of an SAE, then y of each: 16-bit, 1 … 65,535, 0 for one that has no place; in planes of bytes. */
  places: (sae: string, kind: MapKind): string => `${sae}/${kind}.bin`,
} as const;

/** Greatest coordinate. */
export const MOST_PLACE = 2 ** 16 - 1;
