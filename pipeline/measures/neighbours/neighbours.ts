import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { type AliveFeatures, aliveFeatures } from '../../record/alive-features.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { Sample } from '../../record/sample.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import type { Sae } from '../../sae/sae.ts';
import { fillTable } from '../../store/fill-table.ts';
import { twinCosine } from '../heads/maths/decoder-twins.ts';
import type { NearestDecoders } from '../quality/decoder-similarity.ts';
import { sampledActivations } from './co-activations.ts';
import { KeptNearest, type Near, type NearestState } from './maths/kept-nearest.ts';
import { mostCorrelated } from './maths/most-correlated.ts';
import { comparisonsOf, type NearestDirections, nearestDirections, reachOf } from './nearest-directions.ts';
import { type NeighbourKind, type NewNeighbourRow, neighbours as neighboursTable } from './table.ts';

export interface NeighboursJob {
  /** Where the table goes. */
  readonly out: string;
  /** Neighbours listed of each feature and kind; 0 for no table. */
  readonly neighbours: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly recorders: readonly Pick<LayerRecorder, 'sae' | 'top' | 'activations'>[];
  /** Of each SAE, what was found of its alive features when its quality was measured. */
  readonly decoders: readonly NearestDecoders[];
  /** Where activations are correlated. */
  readonly compared: Sample;
  readonly parts: StoredParts;
  readonly effects: Effects;
}

const featuresPerAppend = 512;

type DirectionsJob = Pick<NeighboursJob, 'neighbours' | 'engine' | 'model' | 'effects'> & {
  readonly recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[];
};

interface NeighbourPartsJob extends DirectionsJob, Pick<NeighboursJob, 'compared'> {
  /** What was recorded of an SAE; closed again when its activations are compared. */
  recorderOf(sae: Sae): Promise<LayerRecorder>;
}

/** As parts are stored. */
type DirectionStates = readonly { readonly others: NearestState; readonly logits: NearestState }[];

const directionsPart = 'nearest-directions';
const correlatedPart = ({ id }: Sae) => `correlated-${id}`;

/** The nearest by direction of all SAEs' features, and the most correlated of each SAE's. */
export function neighbourParts({ recorderOf, compared, ...job }: NeighbourPartsJob): MeasurePart[] {
  if (job.neighbours === 0) return [];
  const correlated = async (sae: Sae) => {
    const recorder = await recorderOf(sae);
    try {
      return correlatedState(recorder, compared, job.neighbours);
    } finally {
      await recorder.close();
    }
  };
  return [
    { name: directionsPart, compute: () => directionStates(job) },
    ...job.recorders.map(({ sae }) => ({ name: correlatedPart(sae), compute: () => correlated(sae) })),
  ];
}

async function directionStates(job: DirectionsJob): Promise<DirectionStates> {
  const { engine, model, neighbours: wanted, effects } = job;
  const saes = job.recorders.map(aliveFeatures);
  const progress = effects.progress('neighbours', comparisonsOf({ saes, model }), 'comparisons');
  const nearest = await nearestDirections({ engine, model, saes, wanted }, (done) => progress.update(done));
  progress.end();
  return nearest.map(({ others, logits }) => ({ others: others.state, logits: logits.state }));
}

const correlatedState = (
  { sae, activations }: Pick<LayerRecorder, 'sae' | 'activations'>,
  compared: Sample,
  wanted: number,
): NearestState => mostCorrelated(sampledActivations(activations, compared, sae), wanted).state;

/**
 * The features that each alive feature is nearest to: by direction, through the residual stream across SAEs, by logit
 * effect, and by correlation of activations within its SAE. Dead features are left out.
 */
export async function writeNeighbours(job: NeighboursJob): Promise<void> {
  const { out, neighbours: wanted, recorders, decoders, compared, parts, effects } = job;
  if (wanted === 0) return;
  const saes = recorders.map(aliveFeatures);
  const reach = reachOf(saes.map(({ alive }) => alive.length));
  if (reach < saes.length - 1) effects.log(`neighbours: of so many features those of SAEs at most ${reach} apart`);
  const nearest = await parts.keep(directionsPart, () => directionStates(job));
  const places = placesOf(saes);
  const keptOf = (state: NearestState) => new KeptNearest(state.counts.length, wanted, state);
  await fillTable(out, neighboursTable, async (table) => {
    for (const [at, { sae, alive }] of saes.entries()) {
      const correlated = keptOf(
        await parts.keep(correlatedPart(sae), async () => correlatedState(recorders[at], compared, wanted)),
      );
      const near = { others: keptOf(nearest[at].others), logits: keptOf(nearest[at].logits) };
      for (let first = 0; first < alive.length; first += featuresPerAppend) {
        const block = alive.slice(first, first + featuresPerAppend);
        await table.append(
          block.flatMap((feature, i) => {
            const active = correlated.of(feature).map(({ other, value }) => ({ sae, feature: other, value }));
            const decoder = decoders[at][first + i].map(({ other, value }) => ({ sae, feature: other, value }));
            return rowsOf({ sae, feature }, { active, decoder, ...named(near, first + i, places) });
          }),
        );
      }
    }
  });
}

type FeatureOf = Pick<AliveFeatures, 'sae'> & { readonly feature: number };
type Neighbour = FeatureOf & Pick<Near, 'value'>;

/** The features by their numbers through all SAEs. */
function placesOf(saes: readonly AliveFeatures[]): FeatureOf[] {
  return saes.flatMap(({ sae, alive }) => alive.map((feature) => ({ sae, feature })));
}

function named({ others, logits }: NearestDirections, at: number, places: readonly FeatureOf[]) {
  const of = (kept: KeptNearest) => kept.of(at).map(({ other, value }): Neighbour => ({ ...places[other], value }));
  return { others: of(others), logits: of(logits) };
}

interface Found {
  readonly active: readonly Neighbour[];
  readonly decoder: readonly Neighbour[];
  readonly others: readonly Neighbour[];
  readonly logits: readonly Neighbour[];
}

function rowsOf({ sae, feature }: FeatureOf, { active, decoder, others, logits }: Found): NewNeighbourRow[] {
  const row = (kind: NeighbourKind) => (near: Neighbour, rank: number) => ({
    ...{ layer: sae.layer, sae: sae.id, feature, kind, rank },
    ...{ other_layer: near.sae.layer, other_sae: near.sae.id, other_feature: near.feature },
    value: near.value,
    twin: kind === 'decoder' && near.value > twinCosine,
  });
  const directions = [...decoder, ...others];
  return [...active.map(row('activation')), ...directions.map(row('decoder')), ...logits.map(row('logits'))];
}
