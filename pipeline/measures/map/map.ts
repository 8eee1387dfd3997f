import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { fillTable } from '../../store/fill-table.ts';
import type { AliveFeatures } from '../neighbours/alive-features.ts';
import { Moments } from './maths/moments.ts';
import { type PrincipalPlane, principalPlane, projected } from './maths/principal-plane.ts';
import { layoutEpochs, umapLayout } from './maths/umap-layout.ts';
import { nearestRows } from './nearest-rows.ts';
import { type MapMethod, mapPlaces, maps as mapsTable, type NewMapPlaceRow, type NewMapRow } from './table.ts';
import { writtenDirections } from './written-directions.ts';

export interface MapJob {
  /** Where the tables go. */
  readonly out: string;
  /** Neighbours that a map keeps near each feature; 0 for no maps. */
  readonly mapNeighbours: number;
  readonly seed: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly AliveFeatures[];
  readonly effects: Effects;
  /** Features of a map of which neighbours are laid out; above it is their principal plane. */
  readonly mostLaidOut?: number;
}

/** UMAP of so many takes some 90 s and 1.6 GB. */
const defaultMost = 40_000;
const rowsPerAppend = 8192;

/** Where the alive features of some SAEs lie, x and y each, and how that was found. */
interface Drawn {
  readonly method: MapMethod;
  readonly places: Float64Array;
  readonly share: number;
}

/**
 * Maps of the directions that alive features write to the residual stream, wDec[i]·W_O of norm 1: one of each SAE and one of
 * all. Near features stay near by UMAP of their exact nearest neighbours; where there are too many, or hardly any, the
 * map is the plane of their first two principal components. The same seed gives the same bytes.
 */
export async function writeMaps(job: MapJob): Promise<void> {
  const { saes } = job;
  if (job.mapNeighbours === 0) return;
  const moments: Moments[] = [];
  for (const own of saes) moments.push(await momentsOf(job, own));
  const own: Drawn[] = [];
  for (const [at, one] of saes.entries()) own.push(await draw(job, [one], moments[at], `map of sae ${one.sae.id}`));
  const all = saes.length > 1 ? await draw(job, saes, sumOf(moments), 'map of all saes') : undefined;
  await writePlaces(job.out, saes, own, all);
  await fillTable(job.out, mapsTable, async (table) => {
    const rows = saes.map(({ sae, alive }, at) => mapRow(sae.id, alive.length, own[at]));
    const total = saes.reduce((sum, { alive }) => sum + alive.length, 0);
    await table.append(all ? [...rows, mapRow(null, total, all)] : rows);
  });
}

const mapRow = (sae: string | null, features: number, { method, share }: Drawn): NewMapRow => ({
  ...{ sae, method, features },
  plane_variance: share,
});

async function momentsOf(job: MapJob, own: AliveFeatures): Promise<Moments> {
  const moments = new Moments(job.model.config.dModel);
  for await (const { count, write, products } of writtenDirections(job, own)) moments.add(count, write, products);
  return moments;
}

function sumOf(parts: readonly Moments[]): Moments {
  const total = new Moments(parts[0].width);
  for (const part of parts) total.merge(part);
  return total;
}

async function draw(job: MapJob, saes: readonly AliveFeatures[], moments: Moments, name: string): Promise<Drawn> {
  const { engine, mapNeighbours, seed, effects, mostLaidOut = defaultMost } = job;
  const total = saes.reduce((sum, { alive }) => sum + alive.length, 0);
  const isLaidOut = total > mapNeighbours + 1 && total <= mostLaidOut;
  const plane = principalPlane(moments);
  const { places: start, rows } = await project(job, saes, plane, isLaidOut ? total : 0);
  if (!isLaidOut) {
    if (total > mostLaidOut) effects.log(`${name}: principal components, as it has over ${mostLaidOut} features`);
    return { method: 'pca', places: start, share: plane.share };
  }
  const nearest = await nearestRows(engine, rows, mapNeighbours);
  const progress = effects.progress(name, layoutEpochs, 'epochs');
  const random = seededRandom(seed, total);
  const places = umapLayout({ nearest, start, random, progress: (done) => progress.update(done) });
  progress.end();
  return { method: 'umap', places, share: plane.share };
}

/** Where features lie in a plane, and the directions of the first `held` of them. */
async function project(
  job: MapJob,
  saes: readonly AliveFeatures[],
  plane: PrincipalPlane,
  held: number,
): Promise<{ places: Float64Array; rows: FloatTensor }> {
  const width = plane.mean.length;
  const total = saes.reduce((sum, { alive }) => sum + alive.length, 0);
  const places = new Float64Array(2 * total);
  const rows = float32([held, width]);
  let before = 0;
  for (const own of saes) {
    for await (const { first, count, write } of writtenDirections(job, own)) {
      places.set(projected(plane, write, count), 2 * (before + first));
      if (held > 0) rows.data.set(write.subarray(0, count * width), (before + first) * width);
    }
    before += own.alive.length;
  }
  return { places, rows };
}

async function writePlaces(
  out: string,
  saes: readonly AliveFeatures[],
  own: readonly Drawn[],
  all: Drawn | undefined,
): Promise<void> {
  await fillTable(out, mapPlaces, async (table) => {
    let before = 0;
    for (const [at, { sae, alive }] of saes.entries()) {
      const { places } = own[at];
      const rows = alive.map((feature, i): NewMapPlaceRow => {
        const number = 2 * (before + i);
        return {
          ...{ layer: sae.layer, sae: sae.id, feature, x: places[2 * i], y: places[2 * i + 1] },
          ...{ all_x: all ? all.places[number] : null, all_y: all ? all.places[number + 1] : null },
        };
      });
      for (let from = 0; from < rows.length; from += rowsPerAppend) {
        await table.append(rows.slice(from, from + rowsPerAppend));
      }
      before += alive.length;
    }
  });
}
