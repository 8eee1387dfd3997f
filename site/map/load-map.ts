import { fetchFile, fetchUnzipped } from '../fetch/fetch-file.ts';
import { decodePlanes } from '../search/byte-planes.ts';
import type { SearchManifest } from '../search/format.ts';
import { type MapManifest, mapFiles } from './map-files.ts';
import { type MapPoints, pointsOf } from './map-points.ts';

/** A site's maps in the browser; places are loaded when they are shown. */
export interface FeatureMaps {
  readonly maps: MapManifest['maps'];
  /** The points of an SAE's own map; of all SAEs without one. Throws Error naming the file that did not come. */
  points(sae: string | null): Promise<MapPoints>;
}

/** Opens the maps in their folder; `search` numbers the rows. */
export async function loadMaps(folder: string, search: Pick<SearchManifest, 'saes'>): Promise<FeatureMaps> {
  const response = await fetchFile(folder + mapFiles.manifest);
  const { maps }: MapManifest = await response.json();
  const kept = new Map<string | null, Promise<MapPoints>>();
  let row = 0;
  const saes = search.saes.map(({ sae, features }) => {
    const firstRow = row;
    row += features;
    return { sae, firstRow };
  });

  async function load(wanted: string | null): Promise<MapPoints> {
    const kind = wanted === null ? 'all' : 'own';
    const own = saes.filter(({ sae }) => wanted === null || sae === wanted);
    const parts = own.map(async ({ sae, firstRow }) => {
      const codes = decodePlanes(await fetchUnzipped(folder + mapFiles.places(sae, kind)), 2);
      return { firstRow, codes };
    });
    return pointsOf(await Promise.all(parts));
  }

  return {
    maps,
    points(sae) {
      const loading = kept.get(sae) ?? load(sae);
      kept.set(sae, loading);
      loading.catch(() => kept.delete(sae));
      return loading;
    },
  };
}
