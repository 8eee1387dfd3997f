import { append } from '../../numbers/append.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import { fillTable } from '../../store/fill-table.ts';
import { isOfContext } from './checks/claim.ts';
import { countContextShown } from './checks/count-context-shown.ts';
import { countReadShown } from './checks/count-read-shown.ts';
import { type DrawnToken, drawTokens } from './checks/draw-tokens.ts';
import type { CheckedLayer, FamilyChecksJob } from './checks/job.ts';
import { contextTokensOf } from './maths/families.ts';
import { familyChecks } from './table.ts';

/** Random active tokens of a feature: each costs one DFA, or, of context, one pass of 9 or 17 tokens. */
const readTokens = 20;
const contextTokens = 8;
const maxEntries = 1 << 20;

/**
 * How far each family holds beyond the top examples it was read off: on random active tokens of the feature, drawn by a
 * seeded hash from contexts spread evenly over the run.
 */
export async function writeFamilyChecks(job: FamilyChecksJob): Promise<void> {
  const sampled = Array.from(job.sample, ({ context }) => context);
  const layers = job.recorders.map((recorder) => drawLayer(job, recorder));
  const progress = job.effects.progress('family checks', layers.length + 1, 'layers');
  const shown = await countReadShown(job, layers, sampled);
  progress.update(1);
  await fillTable(job.out, familyChecks, async (table) => {
    for (const [i, layer] of layers.entries()) {
      const own = [...(shown.get(layer) ?? []), ...(await countContextShown(job, layer))];
      await table.append(rowsOf(layer, new Set(own)));
      progress.update(2 + i);
    }
  });
  progress.end();
}

function drawLayer({ claims, sample, seed }: FamilyChecksJob, recorder: LayerRecorder): CheckedLayer {
  const { layer } = recorder.sae;
  const byFeature = new Map((claims.get(recorder.sae.id) ?? []).map((claim) => [claim.feature, claim]));
  const drawn = { read: [] as DrawnToken[], context: [] as DrawnToken[] };
  let feature = 0;
  for (const activations of recorder.activations.features(maxEntries)) {
    const claim = byFeature.get(feature);
    if (claim) {
      const most = isOfContext(claim.family) ? contextTokens : readTokens;
      // A context with no more tokens than are kept is not cut, and shows nothing of the family.
      const kept = isOfContext(claim.family) ? contextTokensOf(claim.family) : 0;
      const isSampled = (token: number) =>
        positionOfToken(token, sample.length) > kept && sample.has(contextOfToken(token, sample.length));
      const own = drawTokens(feature, activations, isSampled, { most, seed: seed + layer });
      append(isOfContext(claim.family) ? drawn.context : drawn.read, own);
    }
    feature++;
  }
  return { recorder, claims: byFeature, ...drawn };
}

/** Nothing of a feature none of whose active tokens is in the sample. */
function rowsOf({ recorder, claims, read, context }: CheckedLayer, shown: ReadonlySet<DrawnToken>) {
  const byFeature = Map.groupBy([...read, ...context], ({ feature }) => feature);
  return [...claims].flatMap(([feature, { family }]) => {
    const own = byFeature.get(feature) ?? [];
    const count = own.filter((token) => shown.has(token)).length;
    const row = { layer: recorder.sae.layer, sae: recorder.sae.id, feature, family, tokens: own.length, shown: count };
    return own.length > 0 ? [{ ...row, family_share_random: count / own.length }] : [];
  });
}
