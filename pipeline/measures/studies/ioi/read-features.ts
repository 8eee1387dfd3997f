import { inputScaleOf } from '../../../sae/input-normalization.ts';
import type { Sae } from '../../../sae/sae.ts';
import type { ChosenFeature } from './maths/feature-evidence.ts';
import { bySource, sources } from './maths/sources.ts';
import { type ComponentShare, readUpstream } from './read-upstream.ts';
import { dot, headSlice, type Scene } from './scene.ts';

/** What one feature reads at S2, as shares of its DFA, which sum to 1: one list by head and source, one by component. */
export interface FeatureReading {
  readonly layer: number;
  readonly feature: number;
  readonly bySource: readonly { readonly head: number; readonly source: number; readonly share: number }[];
  readonly byComponent: readonly ComponentShare[];
}

/** DFA of the chosen features by head and by what stands at the source; and one step of recursion, by component. */
export async function readFeatures(scene: Scene, chosen: readonly ChosenFeature[]): Promise<FeatureReading[]> {
  const readings: FeatureReading[] = [];
  for (const [layer, own] of Map.groupBy(chosen, ({ evidence }) => evidence.layer)) {
    const sae = scene.saes.find((each) => each.layer === layer);
    if (!sae) throw new Error(`layer ${layer} has no SAE`);
    const features = own.map(({ evidence }) => evidence.feature);
    const upstream = await readUpstream(
      scene,
      sae,
      features.map((feature) => encoderRow(sae, feature)),
    );
    features.forEach((feature, target) => {
      const components = upstream[target] ?? [];
      readings.push({ layer, feature, bySource: attributionBySource(scene, sae, feature), byComponent: components });
    });
  }
  return readings;
}

/** Shares of Σ A^h[S2, s]·(v^h_s·wEnc[:, i]^h), times the SAE's input scale at S2, over all prompts. */
function attributionBySource({ model, snapshots, length }: Scene, sae: Sae, feature: number) {
  const { nHeads, dHead } = model.config;
  const encoder = encoderRow(sae, feature);
  const sums = Array.from({ length: nHeads }, () => new Float64Array(sources.length));
  for (const { layers, prompt, s2 } of snapshots) {
    const own = layers[sae.layer];
    const scale = inputScaleOf(sae.normalization, s2[sae.layer] ?? new Float32Array()).into;
    for (const [head, into] of sums.entries()) {
      const read = headSlice(model.config, encoder, head);
      const row = Float64Array.from({ length: prompt.places.s2 + 1 }, (_, s) => {
        const at = (head * length + s) * dHead;
        const value = own?.value.subarray(at, at + dHead) ?? new Float32Array();
        return scale * (own?.pattern[head * 2 * length + s] ?? 0) * dot(value, read);
      });
      bySource(row, prompt.places).forEach((value, source) => {
        into[source] = (into[source] ?? 0) + value;
      });
    }
  }
  const total = sums.reduce((sum, own) => sum + own.reduce((a, b) => a + b, 0), 0);
  return sums.flatMap((own, head) => [...own].map((value, source) => ({ head, source, share: value / total })));
}

const encoderRow = ({ wEnc, dIn, dSae }: Sae, feature: number) =>
  Float32Array.from({ length: dIn }, (_, d) => wEnc.data[d * dSae + feature] ?? 0);
