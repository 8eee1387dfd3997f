import { float32 } from '../../../numbers/tensor.ts';
import { readRow } from '../../../numbers/tensor-rows.ts';
import { readsProgram } from '../../../record/programs.ts';
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
    const encoder = features.map((feature) => encoderRow(sae, feature));
    const upstream = await readUpstream(scene, sae, encoder);
    const reads = await readsByHead(scene, sae, encoder);
    features.forEach((feature, target) => {
      const bySource = attributionBySource(scene, sae, reads[target]);
      readings.push({ layer, feature, bySource, byComponent: upstream[target] });
    });
  }
  return readings;
}

/** What columns of wEnc read of z, [nHeads·dHead] each. */
async function readsByHead({ engine, model }: Scene, sae: Sae, columns: readonly Float32Array[]) {
  const encoder = float32([columns.length, sae.dIn]);
  columns.forEach((column, i) => encoder.data.set(column, i * sae.dIn));
  const readsOf = await engine.compile(readsProgram(model, sae, columns.length));
  const { data } = (await readsOf({ encoder })).reads;
  await readsOf.dispose();
  const width = data.length / columns.length;
  return columns.map((_, i) => data.subarray(i * width, (i + 1) * width));
}

/** Shares of Σ A^h[S2, s]·(v^h_s·reads^h), times the SAE's readScale at S2, over all prompts. */
function attributionBySource({ model, snapshots }: Scene, sae: Sae, reads: Float32Array) {
  const { nHeads, dHead } = model.config;
  const sums = Array.from({ length: nHeads }, () => new Float64Array(sources.length));
  for (const { layers, prompt, length, scale: scales } of snapshots) {
    const own = layers[sae.layer];
    const scale = scales.get(sae.id) ?? Number.NaN;
    for (const [head, into] of sums.entries()) {
      const read = headSlice(model.config, reads, head);
      const row = Float64Array.from({ length: prompt.places.s2 + 1 }, (_, s) => {
        const at = (head * length + s) * dHead;
        const value = own.value.subarray(at, at + dHead);
        return scale * own.pattern[head * 2 * length + s] * dot(value, read);
      });
      bySource(row, prompt.places).forEach((value, source) => {
        into[source] += value;
      });
    }
  }
  const total = sums.reduce((sum, own) => sum + own.reduce((a, b) => a + b, 0), 0);
  return sums.flatMap((own, head) => [...own].map((value, source) => ({ head, source, share: value / total })));
}

function encoderRow({ wEnc, dIn, dSae, encoderRows }: Sae, feature: number): Float32Array {
  const row = new Float32Array(dIn);
  if (encoderRows) readRow(encoderRows, feature, row);
  else for (let d = 0; d < dIn; d++) row[d] = wEnc.data[d * dSae + feature];
  return row;
}
