import type { Template } from '../page-kit/html-template.ts';

/** Beside an SAE's packs, as zipped JSON: where each of its pages is. Pages are zipped a few together, and these follow one another. */
export interface PackIndex {
  readonly features: number;
  readonly pagesPerGroup: number;
  readonly groupsPerPack: number;
  /** Bytes of each group as it is stored. */
  readonly groupBytes: readonly number[];
  /** What the pages are made of, by number. */
  readonly templates: readonly Template[];
}

/** Where a page is: bytes `from` up to `to` of a file hold its group, and it has a place there. */
export interface PagePlace {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly place: number;
}

export const packIndexFile = (sae: string): string => `f/${sae}/index.gz`;

export const packFile = (sae: string, pack: number): string => `f/${sae}/${pack}.pack`;

/** The tokens of all packs' strips as a JSON list of texts, zipped. */
export const packTokensFile = 'f/tokens.gz';

/** Undefined where the SAE has no such feature. */
export function placeOf(sae: string, feature: number, index: PackIndex): PagePlace | undefined {
  if (!Number.isInteger(feature) || feature < 0 || feature >= index.features) return undefined;
  const group = Math.floor(feature / index.pagesPerGroup);
  const pack = Math.floor(group / index.groupsPerPack);
  const before = index.groupBytes.slice(pack * index.groupsPerPack, group);
  const from = before.reduce((sum, bytes) => sum + bytes, 0);
  return {
    file: packFile(sae, pack),
    from,
    to: from + index.groupBytes[group],
    place: feature % index.pagesPerGroup,
  };
}
