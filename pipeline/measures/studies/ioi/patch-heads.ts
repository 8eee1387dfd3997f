import { placeName } from '../../../record/programs.ts';
import type { Change, ChangedAt, ChangedPrompt } from './changed-prompt.ts';
import type { HeadSeries } from './head-evidence.ts';
import { bySource, sources } from './maths/sources.ts';
import { changedPrompt, dot, headChange, headSlice, type Scene } from './scene.ts';
import type { Snapshot } from './snapshots.ts';

/** Head `from` patched at the end: the change of what a later head writes directly, a prompt at a time. */
export interface HeadToHead {
  readonly from: readonly [layer: number, head: number];
  readonly to: readonly [layer: number, head: number];
  readonly changes: Float64Array;
}

/**
 * Patches each head of a layer with its z of the same prompt with an unrelated giver, at S2 and at the end, and reads
 * its direct attribution and its attention. Costs a tail a prompt and head, and one of a single position.
 */
export async function patchHeads(scene: Scene, layer: number): Promise<{ heads: HeadSeries[]; between: HeadToHead[] }> {
  const { model, snapshots, tails } = scene;
  const { nHeads, nLayers } = model.config;
  const heads = Array.from({ length: nHeads }, (_, head) => head);
  const between = newBetween(layer, nLayers, nHeads, snapshots.length);
  const byEnds = Map.groupBy(between, ({ from, to }) => endsKey(from[1], to[0]));
  const atS2 = await tails.run(layer, 's2', headChanges(scene, layer, 's2'));
  const atEnd = await tails.run(layer, 'end', headChanges(scene, layer, 'end'), (row, later, z) => {
    const [i, head] = [Math.floor(row / nHeads), row % nHeads];
    for (const { to, changes } of byEnds.get(endsKey(head, later)) ?? []) {
      changes[i] = writes(scene, snapshots[i], to, z) - writes(scene, snapshots[i], to);
    }
  });
  const effectsOf = (head: number, differences: readonly number[]) =>
    snapshots.map(({ difference }, i) => differences[i * nHeads + head] - difference);
  const evidence = heads.map((head): HeadSeries => {
    const direct = snapshots.map((snapshot) => writes(scene, snapshot, [layer, head]));
    const own = snapshots.map((snapshot, i) => {
      const patched = changedPrompt(scene, 'unrelated giver', i).end[layer];
      return writes(scene, snapshot, [layer, head], patched) - direct[i];
    });
    const endEffect = effectsOf(head, atEnd);
    return {
      layer,
      head,
      direct,
      endEffect,
      s2Effect: effectsOf(head, atS2),
      indirect: own.map((change, i) => endEffect[i] - change),
      fromEnd: attentionBySource(scene, layer, head, 1),
      fromS2: attentionBySource(scene, layer, head, 0),
      toNext: mean(snapshots.map((snapshot) => attended(snapshot, layer, head, 0)[snapshot.prompt.places.s1 + 1])),
    };
  });
  return { heads: evidence, between };
}

const endsKey = (head: number, later: number) => `${head} ${later}`;

function newBetween(layer: number, nLayers: number, nHeads: number, prompts: number): HeadToHead[] {
  const pairs: HeadToHead[] = [];
  for (let head = 0; head < nHeads; head++) {
    for (let later = layer + 1; later < nLayers; later++) {
      for (let to = 0; to < nHeads; to++) {
        pairs.push({ from: [layer, head], to: [later, to], changes: new Float64Array(prompts) });
      }
    }
  }
  return pairs;
}

/** Every prompt with each head changed: its z of the unrelated giver's prompt in place of its own. */
function* headChanges(scene: Scene, layer: number, place: ChangedAt): Generator<ChangedPrompt> {
  for (const [i, snapshot] of scene.snapshots.entries()) {
    for (let head = 0; head < scene.model.config.nHeads; head++) {
      yield { snapshot, change: headPatch(scene, layer, head, i, place) };
    }
  }
}

/** One head's z of the unrelated giver's prompt in place of its own. */
export function headPatch(scene: Scene, layer: number, head: number, prompt: number, place: ChangedAt): Change {
  const from = scene.snapshots[prompt][place][layer];
  const to = changedPrompt(scene, 'unrelated giver', prompt)[place][layer];
  return new Map([[placeName({ layer, site: 'z' }), headChange(scene.model.config, head, from, to)]]);
}

/** What a head at the end writes directly into the logit difference, its own z there or another. */
function writes(
  { model }: Scene,
  { end, layers }: Snapshot,
  [layer, head]: readonly [number, number],
  z: Float32Array = end[layer],
): number {
  const reading = layers[layer].reading;
  return dot(headSlice(model.config, z, head), headSlice(model.config, reading, head));
}

/** Attention of a head from S2 (0) or the end (1): [position]. */
function attended({ layers, length }: Snapshot, layer: number, head: number, from: 0 | 1): Float32Array {
  const row = head * 2 + from;
  return layers[layer].pattern.subarray(row * length, (row + 1) * length);
}

function attentionBySource(scene: Scene, layer: number, head: number, from: 0 | 1): number[] {
  const sums = scene.snapshots.map((snapshot) =>
    bySource(attended(snapshot, layer, head, from), snapshot.prompt.places),
  );
  return sources.map((_, source) => mean(sums.map((own) => own[source])));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
