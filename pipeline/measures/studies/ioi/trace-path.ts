import type { Estimate } from '../../../numbers/grouped-mean.ts';
import { placeName } from '../../../record/programs.ts';
import { ablation } from './ablate-features.ts';
import { type ActiveAt, encodeRows, readBy } from './activations.ts';
import type { ChosenFeature } from './maths/feature-evidence.ts';
import type { RoleOf } from './maths/roles.ts';
import { headPatch } from './patch-heads.ts';
import { estimateOf, headChange, headSlice, type Scene, tailsFrom } from './scene.ts';
import type { Change } from './tail-runner.ts';

/** Something at S2 whose loss is followed to the end: a feature, ablated, or a head, patched. */
interface Start {
  readonly kind: 'feature' | 'head';
  readonly layer: number;
  readonly index: number;
}

/** What the loss of `start` does to the logit difference through one head's z at the end alone. */
export interface Mediation {
  readonly start: Start;
  readonly through: readonly [layer: number, head: number];
  readonly effect: Estimate;
}

type Head = readonly [layer: number, head: number];

/**
 * Path patching from S2 to the end: with the start ablated, z of a head at the end is noted; then that alone is put into
 * the unchanged prompt. Costs a tail a prompt and start, and one of a single position a prompt, start and head.
 * Source: Wang et al. 2022, arXiv:2211.00593, section 3; Goldowsky-Dill et al. 2023, arXiv:2304.05969.
 */
export async function mediate(
  scene: Scene,
  features: readonly ChosenFeature[],
  heads: readonly RoleOf[],
  ends: readonly Head[],
): Promise<Mediation[]> {
  const starts: Start[] = [
    ...features.map(({ evidence }): Start => ({ kind: 'feature', layer: evidence.layer, index: evidence.feature })),
    ...heads.map(({ head }): Start => ({ kind: 'head', layer: head.layer, index: head.head })),
  ];
  const pairs = starts.flatMap((start) =>
    ends
      .filter(([layer]) => layer > start.layer)
      .map((through) => ({ start, through, z: [] as Float32Array[], effects: [] as number[] })),
  );
  for (const [layer, own] of byLayer(pairs, ({ start }) => start.layer)) await noteEnds(scene, layer, own);
  for (const [layer, own] of byLayer(pairs, ({ through }) => through[0])) await patchEnds(scene, layer, own);
  return pairs.map(({ start, through, effects }) => ({ start, through, effect: estimateOf(scene, effects) }));
}

interface Pair {
  readonly start: Start;
  readonly through: Head;
  /** z^h at the end with the start lost, by prompt. */
  readonly z: Float32Array[];
  readonly effects: number[];
}

const byLayer = (pairs: readonly Pair[], layerOf: (pair: Pair) => number) => Map.groupBy(pairs, layerOf);

async function noteEnds(scene: Scene, layer: number, pairs: readonly Pair[]): Promise<void> {
  const { snapshots, saes, engine } = scene;
  const starts = [...new Set(pairs.map(({ start }) => start))];
  const sae = saes.find((each) => each.layer === layer);
  const active = sae
    ? await encodeRows(
        engine,
        sae,
        snapshots.map((snapshot) => readBy(snapshot, sae)),
      )
    : [];
  const tails = await tailsFrom(scene, layer, 's2');
  for (const [i, snapshot] of snapshots.entries()) {
    const result = await tails.run(
      snapshot,
      starts.map((start) => loss(scene, start, i, active[i])),
    );
    for (const { start, through, z } of pairs) {
      const whole = result.z(starts.indexOf(start), through[0]);
      z[i] = Float32Array.from(headSlice(scene.model.config, whole, through[1]));
    }
  }
  await tails.dispose();
}

/** The change that takes the start away. */
function loss(scene: Scene, { kind, layer, index }: Start, prompt: number, active: ActiveAt | undefined): Change {
  if (kind === 'head') return headPatch(scene, layer, index, prompt, 's2');
  const sae = scene.saes.find((each) => each.layer === layer);
  if (!sae) throw new Error(`layer ${layer} has no SAE`);
  return ablation(sae, index, active?.get(index) ?? 0, scene.snapshots[prompt]);
}

async function patchEnds(scene: Scene, layer: number, pairs: readonly Pair[]): Promise<void> {
  const { config } = scene.model;
  const tails = await tailsFrom(scene, layer, 'end');
  for (const [i, snapshot] of scene.snapshots.entries()) {
    const from = snapshot.end[layer];
    const changes = pairs.map(({ through: [, head], z }): Change => {
      const to = Float32Array.from(from);
      to.set(z[i], head * config.dHead);
      return new Map([[placeName({ layer, site: 'z' }), headChange(config, head, from, to)]]);
    });
    const { difference } = await tails.run(snapshot, changes);
    pairs.forEach(({ effects }, row) => effects.push(difference[row] - snapshot.difference));
  }
  await tails.dispose();
}
