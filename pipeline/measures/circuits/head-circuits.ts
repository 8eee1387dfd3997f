import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { rotaryOf } from '../../model/rotary.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type FloatTensor, int32 } from '../../numbers/tensor.ts';
import type { RunSamples } from '../../record/run-samples.ts';
import type { Sae } from '../../sae/sae.ts';
import { openTable } from '../../store/writer.ts';
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
  readonly effects: Effects;
}

/** What the QK and OV circuits of every head of the SAEs' layers do, from weights alone: no forward pass. */
export async function writeHeadCircuits(job: HeadCircuitsJob): Promise<void> {
  const { out, circuitTokens, engine, model, saes, samples, effects } = job;
  if (circuitTokens === 0) return;
  const layers = [...new Set(saes.map(({ layer }) => layer))];
  const progress = effects.progress('head circuits', layers.length * model.config.nHeads, 'heads');
  const tokens = frequentTokens(samples.counted, model.config.vocabSize, circuitTokens);
  const circuits = await TokenCircuits.open({ engine, model, tokens });
  const composing = await engine.compile(compositionProgram(model.config));
  const writer = await openTable(out, headCircuits);
  const lower: LayerFactors[] = [];
  let done = 0;
  for (let layer = 0; layer <= greatest(layers); layer++) {
    const factors = await readFactors(engine, model, layer);
    if (layers.includes(layer)) {
      const compositions = await strongestCompositions(composing, factors, lower);
      const positions = await positionScores(job, layer, tokens);
      const tokenCircuits = await circuits.ofLayer(layer, () => progress.update(++done));
      await writer.append(
        tokenCircuits.map((tokenCircuit, head) => ({
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
        })),
      );
    }
    lower.push(factors);
  }
  await writer.close();
  await circuits.dispose();
  await composing.dispose();
  progress.end();
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
  { engine, model }: HeadCircuitsJob,
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
