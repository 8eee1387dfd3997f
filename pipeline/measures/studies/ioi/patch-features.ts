import { append } from '../../../numbers/append.ts';
import type { Estimate } from '../../../numbers/grouped-mean.ts';
import { placeName } from '../../../record/programs.ts';
import type { Sae } from '../../../sae/sae.ts';
import { type ActiveAt, encodeRows, readBy, written } from './activations.ts';
import type { Change, ChangedPrompt } from './changed-prompt.ts';
import { type Variant, variants } from './maths/dataset.ts';
import type { ChosenFeature } from './maths/feature-evidence.ts';
import { isSure, leastShare } from './maths/roles.ts';
import { type Corruption, changedPrompt, corruptions, estimateOf, meanDifference, type Scene } from './scene.ts';

/** One feature; all that were chosen, together; or every feature of a layer. */
type Patched =
  | { readonly kind: 'feature'; readonly layer: number; readonly feature: number }
  | { readonly kind: 'chosen' }
  | { readonly kind: 'layer'; readonly layer: number };

/** Activations of a changed prompt put into the unchanged one at S2, the SAE's error kept. */
export interface Patch {
  readonly corruption: Corruption;
  readonly patched: Patched;
  /** Mean activation in the unchanged and in the changed prompts; null where it is of more than one feature. */
  readonly activation: { readonly clean: number; readonly corrupted: number } | null;
  /** The change of the logit difference by the patch, and by the changed prompt as a whole. */
  readonly effect: Estimate;
  readonly total: Estimate;
  /** effect/total; null where the total may be none or is under 2 % of the difference, and of order, whose two cancel. */
  readonly explained: number | null;
}

/** Feature activations at S2 of one layer: of the unchanged prompts and of each changed. */
type Encoded = ReadonlyMap<Variant, readonly ActiveAt[]>;

async function encodeLayer(scene: Scene, sae: Sae): Promise<Encoded> {
  const encoded = new Map<Variant, readonly ActiveAt[]>();
  for (const variant of variants) {
    const prompts = scene.snapshots.map((own, i) => (variant === 'clean' ? own : changedPrompt(scene, variant, i)));
    const x = prompts.map((seen) => readBy(seen, sae));
    encoded.set(variant, await encodeRows(scene.engine, sae, x));
  }
  return encoded;
}

/** Patches all features of a layer at once. Costs a tail a prompt and changed prompt. */
export async function patchLayer(scene: Scene, sae: Sae): Promise<Patch[]> {
  const encoded = await encodeLayer(scene, sae);
  const patched: Patched = { kind: 'layer', layer: sae.layer };
  const patches = corruptions.map((corruption) => {
    const changes = scene.snapshots.map((snapshot, i): Change => {
      const [clean, corrupted] = [encoded.get('clean')?.[i], encoded.get(corruption)?.[i]];
      const features = new Set([...(clean?.keys() ?? []), ...(corrupted?.keys() ?? [])]);
      return new Map([[placeName(sae), exchange({ sae, x: readBy(snapshot, sae) }, features, clean, corrupted)]]);
    });
    return { corruption, patched, activation: null, changes };
  });
  return runPatches(scene, sae.layer, patches);
}

/** Patches each chosen feature, and all of them together. Costs as many tails, each from the lowest layer it touches. */
export async function patchChosen(scene: Scene, chosen: readonly ChosenFeature[]): Promise<Patch[]> {
  const done: Patch[] = [];
  const together = corruptions.map((corruption) => ({
    corruption,
    patched: { kind: 'chosen' } as const,
    activation: null,
    changes: scene.snapshots.map(() => new Map<string, Float32Array>()),
  }));
  const layers = [...Map.groupBy(chosen, ({ evidence }) => evidence.layer)].toSorted(([a], [b]) => b - a);
  for (const [at, [layer, own]] of layers.entries()) {
    const sae = scene.saes.find((each) => each.layer === layer);
    if (!sae) throw new Error(`layer ${layer} has no SAE`);
    const encoded = await encodeLayer(scene, sae);
    const planned = own.flatMap(({ evidence }) =>
      corruptions.map((corruption) => featurePatch(scene, sae, evidence.feature, corruption, encoded)),
    );
    for (const { changes, corruption } of planned) addTo(together, corruption, changes);
    const isLowest = at === layers.length - 1;
    append(done, await runPatches(scene, layer, isLowest && chosen.length > 1 ? [...planned, ...together] : planned));
  }
  return done;
}

interface Planned {
  readonly corruption: Corruption;
  readonly patched: Patched;
  readonly activation: Patch['activation'];
  /** By prompt. */
  readonly changes: readonly Change[];
}

function featurePatch({ snapshots }: Scene, sae: Sae, feature: number, corruption: Corruption, encoded: Encoded) {
  const value = (variant: Variant, i: number) => encoded.get(variant)?.[i]?.get(feature) ?? 0;
  const mean = (variant: Variant) => snapshots.reduce((sum, _, i) => sum + value(variant, i), 0) / snapshots.length;
  return {
    corruption,
    patched: { kind: 'feature', layer: sae.layer, feature },
    activation: { clean: mean('clean'), corrupted: mean(corruption) },
    changes: snapshots.map((snapshot, i) => {
      const moved = value(corruption, i) - value('clean', i);
      return new Map([[placeName(sae), written(sae, feature, moved, readBy(snapshot, sae))]]);
    }),
  } satisfies Planned;
}

/** Σ_j (f'_j − f_j)·wDec[j] over some features, scaled back as the x̂ of x is. */
function exchange(
  { sae, x }: { readonly sae: Sae; readonly x: Float32Array },
  features: Iterable<number>,
  clean?: ActiveAt,
  corrupted?: ActiveAt,
): Float32Array {
  const sum = new Float32Array(sae.dIn);
  for (const feature of features) {
    const moved = (corrupted?.get(feature) ?? 0) - (clean?.get(feature) ?? 0);
    written(sae, feature, moved, x).forEach((value, d) => {
      sum[d] += value;
    });
  }
  return sum;
}

function addTo(
  together: readonly { readonly corruption: Corruption; readonly changes: readonly Map<string, Float32Array>[] }[],
  corruption: Corruption,
  changes: readonly Change[],
): void {
  const own = together.find((plan) => plan.corruption === corruption);
  changes.forEach((change, i) => {
    for (const [place, values] of change) {
      const sum = own?.changes[i]?.get(place);
      own?.changes[i]?.set(place, sum ? sum.map((value, d) => value + values[d]) : values);
    }
  });
}

function* plannedChanges({ snapshots }: Scene, planned: readonly Planned[]): Generator<ChangedPrompt> {
  for (const [i, snapshot] of snapshots.entries()) {
    for (const { changes } of planned) yield { snapshot, change: changes[i] };
  }
}

async function runPatches(scene: Scene, layer: number, planned: readonly Planned[]): Promise<Patch[]> {
  const differences = await scene.tails.run(layer, 's2', plannedChanges(scene, planned));
  const effectsOf = (row: number) =>
    scene.snapshots.map(({ difference }, i) => differences[i * planned.length + row] - difference);
  const least = leastShare * Math.abs(meanDifference(scene).mean);
  return planned.map(({ corruption, patched, activation }, row) => {
    const total = estimateOf(scene, totalEffects(scene, corruption));
    const effect = estimateOf(scene, effectsOf(row));
    const isReal = (isSure(total, 1) || isSure(total, -1)) && Math.abs(total.mean) >= least;
    const explained = isReal && corruption !== 'order' ? effect.mean / total.mean : null;
    return { corruption, patched, activation, effect, total, explained };
  });
}

/** What each changed prompt does to the logit difference as a whole; its names may be other ones. */
const totalEffects = (scene: Scene, corruption: Corruption) =>
  scene.snapshots.map(({ difference }, i) => changedPrompt(scene, corruption, i).difference - difference);
