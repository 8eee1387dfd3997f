import type { Effects } from '../../effects.ts';
import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { rotaryOf } from '../../model/rotary.ts';
import { type FloatTensor, int32 } from '../../numbers/tensor.ts';
import type { RunSamples } from '../../record/run-samples.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import type { Sae } from '../../sae/sae.ts';
import { fillTable } from '../../store/fill-table.ts';
import { frequentTokens } from './frequent-tokens.ts';
import { headGram, type LayerFactors, readFactors, strongestCompositions } from './layer-factors.ts';
import { distancesRead, positionsRead } from './maths/distances.ts';
import { positionalPreference, scoresOfProfile } from './maths/positional-preference.ts';
import { effectiveRank, singularValues } from './maths/spectrum.ts';
import { compositionProgram, distancesProgram, positionsProgram } from './programs.ts';
import { headCircuits, type NewHeadCircuitsRow } from './table.ts';
import { type TokenCircuit, TokenCircuits } from './token-circuits.ts';

export interface HeadCircuitsJob {
  /** Where the table goes. */
  readonly out: string;
  /** Tokens read through each head's circuits; 0 for no table. */
  readonly circuitTokens: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly samples: RunSamples;
  readonly parts: StoredParts;
  readonly effects: Effects;
}

/** What the QK and OV circuits of every head of the SAEs' layers do, from weights alone: no forward pass. */
export async function writeHeadCircuits(job: HeadCircuitsJob): Promise<void> {
  const { out, circuitTokens, model, parts, effects } = job;
  if (circuitTokens === 0) return;
  const layers = layersOf(job);
  await parts.ready(layers.map(partName));
  const progress = effects.progress('head circuits', layers.length * model.config.nHeads, 'heads');
  const circuits = new LayerCircuits(job);
  let done = 0;
  await fillTable(out, headCircuits, async (table) => {
    for (const layer of layers) {
      await table.append(await parts.keep(partName(layer), () => circuits.rows(layer, () => progress.update(++done))));
    }
  });
  await circuits.dispose();
  progress.end();
}

/** The rows of each layer's heads apart. */
export function headCircuitParts(job: Omit<HeadCircuitsJob, 'out' | 'parts'>): MeasurePart[] {
  if (job.circuitTokens === 0) return [];
  return layersOf(job).map((layer) => ({
    name: partName(layer),
    async compute() {
      const progress = job.effects.progress(`circuits of layer ${layer}`, job.model.config.nHeads, 'heads');
      const circuits = new LayerCircuits(job);
      let done = 0;
      const rows = await circuits.rows(layer, () => progress.update(++done));
      await circuits.dispose();
      progress.end();
      return rows;
    },
  }));
}

const partName = (layer: number) => `head-circuits-${layer}`;

const layersOf = ({ saes }: Pick<HeadCircuitsJob, 'saes'>) =>
  [...new Set(saes.map(({ layer }) => layer))].sort((a, b) => a - b);

type CircuitsJob = Pick<HeadCircuitsJob, 'engine' | 'model' | 'samples' | 'circuitTokens'>;

/** Computes layers' rows, in ascending order; what it needs of lower layers is read once. */
class LayerCircuits {
  readonly #job: CircuitsJob;
  readonly #factors: LayerFactors[] = [];
  #opened: OpenedCircuits | undefined;

  constructor(job: CircuitsJob) {
    this.#job = job;
  }

  async rows(layer: number, onHead: () => void): Promise<NewHeadCircuitsRow[]> {
    const { engine, model } = this.#job;
    this.#opened ??= await openCircuits(this.#job);
    const { tokens, circuits, composing } = this.#opened;
    while (this.#factors.length <= layer) {
      this.#factors.push(await readFactors(engine, model, this.#factors.length));
    }
    const factors = this.#factors[layer];
    const compositions = await strongestCompositions(composing, factors, this.#factors.slice(0, layer));
    const positions = await positionScores(this.#job, layer, tokens);
    const tokenCircuits = await circuits.ofLayer(layer, onHead);
    return tokenCircuits.map((tokenCircuit, head) => ({
      layer,
      head,
      tokens: tokens.length,
      scores: scoresOf(tokenCircuit, positions(head).scores, positionsRead(model.config)),
      by_distance: positions(head).all,
      same_token_by_distance: positions(head).same,
      ...singularColumns(factors, head),
      writes: tokenCircuit.writes,
      attends: tokenCircuit.attends,
      composition: compositions[head],
    }));
  }

  async dispose(): Promise<void> {
    await this.#opened?.circuits.dispose();
    await this.#opened?.composing.dispose();
  }
}

interface OpenedCircuits {
  readonly tokens: Int32Array;
  readonly circuits: TokenCircuits;
  readonly composing: CompiledBy<typeof compositionProgram>;
}

async function openCircuits({ engine, model, samples, circuitTokens }: CircuitsJob): Promise<OpenedCircuits> {
  const tokens = frequentTokens(samples.counted, model.config.vocabSize, circuitTokens);
  const circuits = await TokenCircuits.open({ engine, model, tokens });
  return { tokens, circuits, composing: await engine.compile(compositionProgram(model.config)) };
}

function singularColumns(factors: LayerFactors, head: number) {
  const of = (a: 'query' | 'value', b: 'key' | 'output') => {
    const dHead = factors.gram[a].shape[1];
    return singularValues(headGram(factors, a, head), headGram(factors, b, head), dHead);
  };
  const [qk, ov] = [of('query', 'key'), of('value', 'output')];
  return { qk_singular: qk, ov_singular: ov, qk_rank: effectiveRank(qk), ov_rank: effectiveRank(ov) };
}

function scoresOf(circuit: TokenCircuit, positions: Float32Array, length: number): NewHeadCircuitsRow['scores'] {
  const alone = positions.length === 0 ? undefined : positionalPreference(positions, length);
  return {
    copying_by_eigenvalues: circuit.copying,
    copying_by_tokens: circuit.copied,
    same_token_preference: circuit.matched,
    previous_token_by_position: alone?.previous ?? null,
    current_token_by_position: alone?.current ?? null,
    bos_by_position: alone?.first ?? null,
    recency_by_position: alone?.recency ?? null,
  };
}

/** What a head prefers by position: scores [length, length], and of rotary positions the profiles that they follow from. */
interface PositionScores {
  readonly scores: Float32Array;
  readonly all: Float32Array;
  readonly same: Float32Array;
}

const noPositions: PositionScores = {
  scores: new Float32Array(),
  all: new Float32Array(),
  same: new Float32Array(),
};

/** By head: of position embeddings alone, or by distance; nothing of a model that has neither. */
async function positionScores(
  { engine, model }: CircuitsJob,
  layer: number,
  ids: Int32Array,
): Promise<(head: number) => PositionScores> {
  const length = positionsRead(model.config);
  if (model.config.positions === 'learned') {
    const run = await engine.compile(positionsProgram(model, layer, length));
    const { data } = (await run({})).scores;
    await run.dispose();
    return (head) => ({ ...noPositions, scores: data.subarray(head * length ** 2, (head + 1) * length ** 2) });
  }
  if (rotaryOf(model.config, layer) === null) return () => noPositions;
  const distances = distancesRead(model.config, layer);
  const run = await engine.compile(distancesProgram(model, layer, ids.length, distances));
  const { all, same } = await run({ ids: int32([ids.length], ids) });
  await run.dispose();
  const of = (profiles: FloatTensor, head: number) => profiles.data.slice(head * distances, (head + 1) * distances);
  return (head) => ({ scores: scoresOfProfile(of(all, head), length), all: of(all, head), same: of(same, head) });
}
