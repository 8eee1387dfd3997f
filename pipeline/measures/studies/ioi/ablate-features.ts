import { placeName } from '../../../record/programs.ts';
import type { Sae } from '../../../sae/sae.ts';
import { type ActiveAt, encodeRows, readBy, written } from './activations.ts';
import type { Change, ChangedPrompt } from './changed-prompt.ts';
import { type FeatureEvidence, type FeatureSeries, featureEvidence } from './maths/feature-evidence.ts';
import type { Scene } from './scene.ts';
import type { Snapshot } from './snapshots.ts';

/** Features of one prompt and layer that are ablated; past it, those of lowest activation are left out. */
export const mostAblated = 256;

export interface LayerAblation {
  readonly features: readonly FeatureEvidence[];
  /** Prompts in which more than `mostAblated` features were active. */
  readonly cut: number;
}

/**
 * Ablates each active feature at S2, one at a time, the SAE's error kept: x' = x − f_j·wDec[j]. A feature that is not
 * active changes nothing, so it is not run. Costs one tail a prompt and active feature.
 */
export async function ablateFeatures(scene: Scene, sae: Sae): Promise<LayerAblation> {
  const { snapshots, groups, tails } = scene;
  const active = await encodeRows(
    scene.engine,
    sae,
    snapshots.map((snapshot) => readBy(snapshot, sae)),
  );
  const ablated = snapshots.flatMap((snapshot, i) =>
    strongest(active[i]).map(([feature, value]) => ({ i, snapshot, feature, value })),
  );
  const differences = await tails.run(sae.layer, 's2', ablations(sae, ablated));
  const series = new Map<number, FeatureSeries>();
  for (const [row, { i, snapshot, feature, value }] of ablated.entries()) {
    const known = series.get(feature) ?? newSeries(snapshots.length);
    series.set(feature, known);
    known.activation[i] = value;
    known.effect[i] = differences[row] - snapshot.difference;
  }
  const evidence = [...series].map(([feature, own]) => featureEvidence(sae.layer, feature, own, groups));
  return {
    features: evidence.toSorted((a, b) => Math.abs(b.effect.mean) - Math.abs(a.effect.mean) || a.feature - b.feature),
    cut: active.filter(({ size }) => size > mostAblated).length,
  };
}

interface Ablated {
  readonly snapshot: Snapshot;
  readonly feature: number;
  readonly value: number;
}

function* ablations(sae: Sae, ablated: readonly Ablated[]): Generator<ChangedPrompt> {
  for (const { snapshot, feature, value } of ablated) {
    yield { snapshot, change: ablation(sae, feature, value, snapshot) };
  }
}

export const ablation = (sae: Sae, feature: number, value: number, seen: Pick<Snapshot, 'x'>): Change =>
  new Map([[placeName(sae), written(sae, feature, -value, readBy(seen, sae))]]);

function strongest(active: ActiveAt): (readonly [number, number])[] {
  const all = [...active];
  if (all.length <= mostAblated) return all;
  return all.toSorted(([, a], [, b]) => b - a).slice(0, mostAblated);
}

const newSeries = (prompts: number): FeatureSeries => ({
  activation: new Float64Array(prompts),
  effect: new Float64Array(prompts),
});
