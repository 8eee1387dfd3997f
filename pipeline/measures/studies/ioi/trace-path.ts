import type { Estimate } from '../../../numbers/grouped-mean.ts';
import { placeName } from '../../../record/programs.ts';
import { ablation } from './ablate-features.ts';
import { type ActiveAt, encodeRows, readBy } from './activations.ts';
import type { Change, ChangedPrompt } from './changed-prompt.ts';
import type { ChosenFeature } from './maths/feature-evidence.ts';
import type { RoleOf } from './maths/roles.ts';
import { headPatch } from './patch-heads.ts';
import { estimateOf, headChange, headSlice, type Scene } from './scene.ts';

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
  const { snapshots, saes, engine, tails } = scene;
  const starts = [...new Set(pairs.map(({ start }) => start))];
  const sae = saes.find((each) => each.layer === layer);
  const active = sae
    ? await encodeRows(
        engine,
        sae,
        snapshots.map((snapshot) => readBy(snapshot, sae)),
      )
    : [];
  const changed = function* (): Generator<ChangedPrompt> {
    for (const [i, snapshot] of snapshots.entries()) {
      for (const start of starts) yield { snapshot, change: loss(scene, start, i, active[i]) };
    }
  };
  await tails.run(layer, 's2', changed(), (row, later, whole) => {
    const [i, start] = [Math.floor(row / starts.length), starts[row % starts.length]];
    for (const { through, z } of pairs.filter((pair) => pair.start === start && pair.through[0] === later)) {
      z[i] = Float32Array.from(headSlice(scene.model.config, whole, through[1]));
    }
  });
}

/** The change that takes the start away. */
function loss(scene: Scene, { kind, layer, index }: Start, prompt: number, active: ActiveAt | undefined): Change {
  if (kind === 'head') return headPatch(scene, layer, index, prompt, 's2');
  const sae = scene.saes.find((each) => each.layer === layer);
  if (!sae) throw new Error(`layer ${layer} has no SAE`);
  return ablation(sae, index, active?.get(index) ?? 0, scene.snapshots[prompt]);
}

async function patchEnds(scene: Scene, layer: number, pairs: readonly Pair[]): Promise<void> {
  const { snapshots, model, tails } = scene;
  const { config } = model;
  const changed = function* (): Generator<ChangedPrompt> {
    for (const [i, snapshot] of snapshots.entries()) {
      const from = snapshot.end[layer];
      for (const { through, z } of pairs) {
        const to = Float32Array.from(from);
        to.set(z[i], through[1] * config.dHead);
        const change = new Map([[placeName({ layer, site: 'z' }), headChange(config, through[1], from, to)]]);
        yield { snapshot, change };
      }
    }
  };
  const differences = await tails.run(layer, 'end', changed());
  for (const [row, difference] of differences.entries()) {
    const i = Math.floor(row / pairs.length);
    pairs[row % pairs.length].effects.push(difference - snapshots[i].difference);
  }
}
