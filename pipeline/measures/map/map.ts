import { orClose } from '../../disk/or-close.ts';
import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { AliveFeatures } from '../../record/alive-features.ts';
import { fillTable } from '../../store/fill-table.ts';
import { Layouts } from './layouts.ts';
import { Moments } from './maths/moments.ts';
import { type PrincipalPlane, principalPlane, projected } from './maths/principal-plane.ts';
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
  /** Features of a map that is laid out by a thread of its own; a smaller one takes no longer than to start one. */
  readonly fewestInThread?: number;
}

/** UMAP of so many takes some 43 s, and the products that find their neighbours 2·n²·dModel operations. */
export const mostLaidOut = 40_000;
const defaultFewest = 1000;
const rowsPerAppend = 8192;

/** Where the alive features of some SAEs lie, x and y each, once that is found, and how. */
interface Drawing {
  readonly method: MapMethod;
  readonly places: Promise<Float64Array>;
  readonly share: number;
}

interface Drawn extends Omit<Drawing, 'places'> {
  readonly places: Float64Array;
}

const drawn = async (drawing: Drawing): Promise<Drawn> => ({ ...drawing, places: await drawing.places });

/** Maps on whose layouts a thread of their own is at work. */
export interface StartedMaps {
  /** Waits for them and writes their tables. */
  finish(): Promise<void>;
  /** Gives up those that are not done; after finish() it does nothing. */
  abandon(): Promise<void>;
}

/**
 * Maps of the directions that alive features write to the residual stream, wDec[i]·W_O of norm 1: one of each SAE and one of
 * all. Near features stay near by UMAP of their exact nearest neighbours; where there are too many, or hardly any, the
 * map is the plane of their first two principal components. The same seed gives the same bytes.
 */
export async function startMaps(job: MapJob): Promise<StartedMaps> {
  const { saes } = job;
  const layouts = new Layouts(job.fewestInThread ?? defaultFewest);
  const abandon = () => layouts.abandon();
  if (job.mapNeighbours === 0) return { finish: async () => {}, abandon };
  const moments: Moments[] = [];
  for (const own of saes) moments.push(await momentsOf(job, own));
  const wanted = saes.length > 1 ? saes.length + 1 : saes.length;
  const progress = job.effects.progress('nearest directions', wanted, 'maps');
  const drawOf = (of: readonly AliveFeatures[], own: Moments, name: string) =>
    draw({ ...job, saes: of }, own, layouts, name);
  const own: Drawing[] = [];
  const all = await orClose({ close: abandon }, async () => {
    for (const [at, one] of saes.entries()) {
      own.push(await drawOf([one], moments[at], `map of sae ${one.sae.id}`));
      progress.update(own.length);
    }
    const together = saes.length > 1 ? await drawOf(saes, sumOf(moments), 'map of all saes') : undefined;
    progress.update(wanted);
    return together;
  });
  progress.end();
  return {
    abandon,
    async finish() {
      await layouts.wait(job.effects);
      await writeTables(job, await Promise.all(own.map(drawn)), all && (await drawn(all)));
    },
  };
}

async function writeTables({ out, saes }: MapJob, own: readonly Drawn[], all: Drawn | undefined): Promise<void> {
  await writePlaces(out, saes, own, all);
  await fillTable(out, mapsTable, async (table) => {
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

async function draw(job: MapJob, moments: Moments, layouts: Layouts, name: string): Promise<Drawing> {
  const { engine, mapNeighbours: k, seed, saes, effects, mostLaidOut: most = mostLaidOut } = job;
  const points = saes.reduce((sum, { alive }) => sum + alive.length, 0);
  const isLaidOut = points > k + 1 && points <= most;
  const plane = principalPlane(moments);
  const { share } = plane;
  const { places: start, rows } = await project(job, plane, isLaidOut ? points : 0);
  if (!isLaidOut) {
    if (points > most) effects.log(`${name}: principal components, as it has over ${most} features`);
    return { method: 'pca', places: Promise.resolve(start), share };
  }
  const { state: nearest } = await nearestRows(engine, rows, k);
  return { method: 'umap', places: layouts.add({ points, k, nearest, start, seed }), share };
}

/** Where features lie in a plane, and the directions of the first `held` of them. */
async function project(
  job: MapJob,
  plane: PrincipalPlane,
  held: number,
): Promise<{ places: Float64Array; rows: FloatTensor }> {
  const { saes } = job;
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
