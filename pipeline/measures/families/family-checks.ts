import { append } from '../../numbers/append.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import { type Sample, spreadSample } from '../../record/sample.ts';
import { fillTable } from '../../store/fill-table.ts';
import { isOfContext } from './checks/claim.ts';
import { countContextShown } from './checks/count-context-shown.ts';
import { countReadShown, readBatch } from './checks/count-read-shown.ts';
import { type DrawnToken, drawTokens } from './checks/draw-tokens.ts';
import type { CheckedLayer, ChecksCost, FamilyChecksJob } from './checks/job.ts';
import { contextTokensOf } from './maths/families.ts';
import { familyChecks } from './table.ts';

/** Random active tokens of a feature: each costs one DFA, or, of context, one pass of 9 or 17 tokens. */
const readDraws = 20;
const contextDraws = 8;
const maxEntries = 1 << 20;

/** Of a limit, what attributions may take. */
const readShare = 1 / 2;

/**
 * How far each family holds beyond the top examples it was read off: on random active tokens of the feature, drawn by a
 * seeded hash from contexts spread evenly over the run. Under a limit they are fewer: those of attributions come from fewer
 * contexts, and each feature of context has fewer cuts, or none; a row says how many there were.
 */
export async function writeFamilyChecks(job: FamilyChecksJob): Promise<ChecksCost> {
  const { limit = Number.POSITIVE_INFINITY } = job;
  const draws = drawsWithin(job, limit);
  const layers = job.recorders.map((recorder) => drawLayer(job, recorder, draws));
  const progress = job.effects.progress('family checks', layers.length + 1, 'layers');
  const { shown, contexts, tokens: readCost } = await countReadShown(job, layers);
  let tokens = readCost;
  progress.update(1);
  await fillTable(job.out, familyChecks, async (table) => {
    for (const [i, layer] of layers.entries()) {
      const cut = await countContextShown(job, layer, limit - tokens);
      tokens += cut.tokens;
      await table.append(rowsOf(layer, cut.tried, new Set([...(shown.get(layer) ?? []), ...cut.shown])));
      progress.update(2 + i);
    }
  });
  progress.end();
  return { tokens, contexts };
}

/** What tokens are drawn from for attributions, and how many of a feature of context. */
interface Draws {
  readonly read: Pick<Sample, 'has'>;
  readonly context: number;
}

function drawsWithin(job: FamilyChecksJob, limit: number): Draws {
  const { sample, contexts, claims } = job;
  if (limit === Number.POSITIVE_INFINITY) return { read: sample, context: contextDraws };
  const batch = readBatch(job);
  const affordable = batch * Math.floor((readShare * limit) / (batch * contexts.length));
  const read = affordable === 0 ? { has: () => false } : spreadSample(contexts, Math.min(sample.size, affordable));
  const ofContext = [...claims.values()].flat().flatMap(({ family }) => (isOfContext(family) ? [family] : []));
  const oneOfEach = ofContext.reduce((sum, family) => sum + contextTokensOf(family) + 1, 0);
  const left = limit - Math.min(sample.size, affordable) * contexts.length;
  return { read, context: Math.min(contextDraws, Math.floor(left / Math.max(1, oneOfEach))) };
}

function drawLayer({ claims, sample, seed }: FamilyChecksJob, recorder: LayerRecorder, draws: Draws): CheckedLayer {
  const { layer } = recorder.sae;
  const byFeature = new Map((claims.get(recorder.sae.id) ?? []).map((claim) => [claim.feature, claim]));
  const drawn = { read: [] as DrawnToken[], context: [] as DrawnToken[] };
  let feature = 0;
  for (const activations of recorder.activations.features(maxEntries)) {
    const claim = byFeature.get(feature);
    if (claim) {
      const most = isOfContext(claim.family) ? draws.context : readDraws;
      const from = isOfContext(claim.family) ? sample : draws.read;
      // A context with no more tokens than are kept is not cut, and shows nothing of the family.
      const kept = isOfContext(claim.family) ? contextTokensOf(claim.family) : 0;
      const isSampled = (token: number) =>
        positionOfToken(token, sample.length) > kept && from.has(contextOfToken(token, sample.length));
      const own = drawTokens(feature, activations, isSampled, { most, seed: seed + layer });
      append(isOfContext(claim.family) ? drawn.context : drawn.read, own);
    }
    feature++;
  }
  return { recorder, claims: byFeature, ...drawn };
}

/** Nothing of a feature none of whose active tokens was tried; `cut` are those that were of features of context. */
function rowsOf({ recorder, claims, read }: CheckedLayer, cut: readonly DrawnToken[], shown: ReadonlySet<DrawnToken>) {
  const byFeature = Map.groupBy([...read, ...cut], ({ feature }) => feature);
  return [...claims].flatMap(([feature, { family }]) => {
    const own = byFeature.get(feature) ?? [];
    const count = own.filter((token) => shown.has(token)).length;
    const row = { layer: recorder.sae.layer, sae: recorder.sae.id, feature, family, tokens: own.length, shown: count };
    return own.length > 0 ? [{ ...row, family_share_random: count / own.length }] : [];
  });
}
