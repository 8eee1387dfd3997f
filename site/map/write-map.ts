import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MapPlaceRow, MapRow } from '../../pipeline/measures/map/table.ts';
import { writeZipped } from '../search/write-zipped.ts';
import { encodePlaces, squareAbout } from './encode-places.ts';
import { type MapManifest, mapFiles } from './map-files.ts';
import { type Place, packIslands } from './pack-islands.ts';

/** What of a run's tables its maps are made of. */
export interface MappedRun {
  saes(): Promise<readonly { readonly sae: string; readonly d_sae: number }[]>;
  maps(): Promise<readonly MapRow[]>;
  mapPlaces(sae: string): Promise<readonly MapPlaceRow[]>;
}

interface PlacedSae {
  readonly sae: string;
  readonly features: number;
  readonly places: ReadonlyMap<number, Place>;
}

/** Groups that UMAP put far apart moved together, whatever SAEs they are of. */
function drawnTogether(saes: readonly PlacedSae[]): PlacedSae[] {
  const moved = packIslands(saes.flatMap(({ places }) => [...places.values()]));
  let before = 0;
  return saes.map(({ places, ...own }) => {
    const first = before;
    before += places.size;
    return { ...own, places: new Map([...places.keys()].map((feature, i) => [feature, moved[first + i]])) };
  });
}

/** Writes what the map page loads into `folder`; nothing of a run that drew no map. */
export async function writeMap(run: MappedRun, folder: string): Promise<void> {
  const maps = await run.maps();
  if (maps.length === 0) return;
  const ofAll: PlacedSae[] = [];
  for (const { sae, d_sae } of await run.saes()) {
    const rows = await run.mapPlaces(sae);
    const own = new Map(rows.map(({ feature, x, y }) => [feature, { x, y }]));
    await writeZipped(join(folder, mapFiles.places(sae, 'own')), encodePlaces(own, d_sae, squareAbout(own.values())));
    const all = rows.flatMap(({ feature, all_x: x, all_y: y }) =>
      x === null || y === null ? [] : [[feature, { x, y }] as const],
    );
    ofAll.push({ sae, features: d_sae, places: new Map(all) });
  }
  const mapOfAll = maps.find(({ sae }) => sae === null);
  if (mapOfAll) {
    // Of a plane of principal components every distance means something.
    const drawn = mapOfAll.method === 'umap' ? drawnTogether(ofAll) : ofAll;
    const square = squareAbout(drawn.flatMap(({ places }) => [...places.values()]));
    for (const { sae, features, places } of drawn) {
      await writeZipped(join(folder, mapFiles.places(sae, 'all')), encodePlaces(places, features, square));
    }
  }
  const manifest: MapManifest = {
    maps: maps.map(({ sae, method, features, plane_variance }) => ({
      ...{ sae, method: method === 'umap' ? 'umap' : 'pca', features },
      planeVariance: plane_variance,
    })),
  };
  await writeFile(join(folder, mapFiles.manifest), JSON.stringify(manifest));
}
