import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { Sample } from '../../record/sample.ts';
import { fillTable } from '../../store/fill-table.ts';
import { twinCosine } from '../heads/maths/decoder-twins.ts';
import type { NearestDecoders } from '../quality/decoder-similarity.ts';
import { type AliveFeatures, aliveFeatures } from './alive-features.ts';
import { sampledActivations } from './co-activations.ts';
import type { KeptNearest, Near } from './maths/kept-nearest.ts';
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
  readonly effects: Effects;
}

const featuresPerAppend = 512;

/**
 * The features that each alive feature is nearest to: by direction, through the residual stream across SAEs, by logit
 * effect, and by correlation of activations within its SAE. Dead features are left out.
 */
export async function writeNeighbours(job: NeighboursJob): Promise<void> {
  const { out, neighbours: wanted, engine, model, recorders, decoders, compared, effects } = job;
  if (wanted === 0) return;
  const saes = aliveFeatures(recorders);
  const reach = reachOf({ saes });
  if (reach < saes.length - 1) effects.log(`neighbours: of so many features those of SAEs at most ${reach} apart`);
  const progress = effects.progress('neighbours', comparisonsOf({ saes, model }), 'comparisons');
  const nearest = await nearestDirections({ engine, model, saes, wanted }, (done) => progress.update(done));
  progress.end();
  const places = placesOf(saes);
  await fillTable(out, neighboursTable, async (table) => {
    for (const [at, { sae, alive }] of saes.entries()) {
      const correlated = mostCorrelated(sampledActivations(recorders[at].activations, compared), wanted);
      for (let first = 0; first < alive.length; first += featuresPerAppend) {
        const block = alive.slice(first, first + featuresPerAppend);
        await table.append(
          block.flatMap((feature, i) => {
            const active = correlated.of(feature).map(({ other, value }) => ({ sae, feature: other, value }));
            const decoder = decoders[at][first + i].map(({ other, value }) => ({ sae, feature: other, value }));
            return rowsOf({ sae, feature }, { active, decoder, ...named(nearest[at], first + i, places) });
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
