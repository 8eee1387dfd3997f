import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { type AliveFeatures, aliveFeatures } from '../../record/alive-features.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { lowerSaes } from '../../sae/lower-saes.ts';
import type { Sae } from '../../sae/sae.ts';
import { fillTable } from '../../store/fill-table.ts';
import { type Connection, wireLayers } from './layer-wiring.ts';
import { type NewWiringRow, wiring as wiringTable } from './table.ts';

export interface WiringJob {
  /** Where the table goes. */
  readonly out: string;
  /** Connections listed of each feature; 0 for no table. */
  readonly wiring: number;
  /** The SAEs of lower layers that are wired to, where a layer has several. */
  readonly upstreamSaes: readonly string[] | undefined;
  readonly engine: Engine;
  readonly model: Model;
  readonly recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[];
  readonly parts: StoredParts;
  readonly effects: Effects;
}

const rowsPerAppend = 8192;

/**
 * The features of lower layers that each alive feature is wired to most strongly, by weights alone, dead ones left out: no
 * forward pass, but a product of every two layers' features, 2·dSae²·dIn operations each. 4 layers of 2,048 features take
 * 0.01 TFLOP; GPT-2 Small's 66 pairs of 24,576 61 TFLOP, were all of them alive.
 */
export async function writeWiring(job: WiringJob): Promise<void> {
  const { out, wiring, parts, effects } = job;
  if (wiring === 0) return;
  const readers = wiredReaders(job);
  const total = readers.reduce((sum, { reader, below }) => sum + reader.alive.length * below.length, 0);
  await parts.ready(readers.map(partName));
  const progress = effects.progress('wiring', total, 'features');
  let done = 0;
  await fillTable(out, wiringTable, async (table) => {
    for (const one of readers) {
      const rows = await parts.keep(partName(one), () => wiringRows(job, one, () => progress.update(++done)));
      for (let at = 0; at < rows.length; at += rowsPerAppend) await table.append(rows.slice(at, at + rowsPerAppend));
    }
  });
  progress.end();
}

/** The rows of each SAE apart. */
export function wiringParts(job: Omit<WiringJob, 'out' | 'parts'>): MeasurePart[] {
  if (job.wiring === 0) return [];
  return wiredReaders(job).map((one) => ({
    name: partName(one),
    async compute() {
      const { reader, below } = one;
      const total = reader.alive.length * below.length;
      const progress = job.effects.progress(`wiring of sae ${reader.sae.id}`, total, 'features');
      let done = 0;
      const rows = await wiringRows(job, one, () => progress.update(++done));
      progress.end();
      return rows;
    },
  }));
}

/** An SAE, and those of lower layers that its features are wired to. */
interface WiredReader {
  readonly reader: AliveFeatures;
  readonly below: readonly AliveFeatures[];
}

const partName = ({ reader }: WiredReader) => `wiring-${reader.sae.id}`;

function wiredReaders({ recorders, upstreamSaes }: Pick<WiringJob, 'recorders' | 'upstreamSaes'>): WiredReader[] {
  const readers = recorders.map(aliveFeatures);
  const chosen = lowerSaes(
    readers.map(({ sae }) => sae),
    upstreamSaes,
  );
  return readers.map((reader) => ({
    reader,
    below: readers.filter(({ sae }) => sae.layer < reader.sae.layer && chosen.includes(sae)),
  }));
}

/** `onFeature` hears of every feature of each lower layer that was read. */
async function wiringRows(
  { engine, model, wiring }: Pick<WiringJob, 'engine' | 'model' | 'wiring'>,
  { reader, below }: WiredReader,
  onFeature: () => void,
): Promise<NewWiringRow[]> {
  const strongest = new Map<number, Connection[]>();
  for (const lower of below) {
    await wireLayers({ engine, model, reader, lower, wanted: wiring }, (feature, candidates) => {
      strongest.set(feature, strongestOf([...(strongest.get(feature) ?? []), ...candidates], wiring));
      onFeature();
    });
  }
  return rowsOf(reader.sae, strongest);
}

/** By magnitude, ties by layer and feature. */
function strongestOf(candidates: Connection[], wanted: number): Connection[] {
  const order = (a: Connection, b: Connection) =>
    Math.abs(b.value) - Math.abs(a.value) || a.layer - b.layer || a.feature - b.feature;
  return candidates.sort(order).slice(0, wanted);
}

function rowsOf({ layer, id }: Sae, strongest: ReadonlyMap<number, readonly Connection[]>): NewWiringRow[] {
  return [...strongest].flatMap(([feature, own]) =>
    own.map((connection, rank) => ({
      layer,
      sae: id,
      feature,
      rank,
      upstream_layer: connection.layer,
      upstream_sae: connection.sae,
      upstream_feature: connection.feature,
      head: connection.head,
      value: connection.value,
    })),
  );
}
