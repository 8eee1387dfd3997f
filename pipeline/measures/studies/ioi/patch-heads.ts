import { placeName } from '../../../record/programs.ts';
import type { HeadSeries } from './head-evidence.ts';
import { bySource, sources } from './maths/sources.ts';
import { changedPrompt, dot, headChange, headSlice, type Scene } from './scene.ts';
import type { Snapshot } from './snapshots.ts';
import type { Change, ChangedAt, TailRunner } from './tail-runner.ts';

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
export async function patchHeads(
  scene: Scene,
  layer: number,
  tails: Readonly<Record<ChangedAt, TailRunner>>,
): Promise<{ heads: HeadSeries[]; between: HeadToHead[] }> {
  const { model, snapshots } = scene;
  const { nHeads, nLayers } = model.config;
  const heads = Array.from({ length: nHeads }, (_, head) => head);
  const between = newBetween(layer, nLayers, nHeads, snapshots.length);
  const s2 = heads.map(() => new Float64Array(snapshots.length));
  const end = heads.map(() => new Float64Array(snapshots.length));
  for (const [i, snapshot] of snapshots.entries()) {
    const atS2 = await tails.s2.run(snapshot, headChanges(scene, layer, i, 's2'));
    const atEnd = await tails.end.run(snapshot, headChanges(scene, layer, i, 'end'));
    for (const head of heads) {
      set(s2[head], i, atS2.difference[head] - snapshot.difference);
      set(end[head], i, atEnd.difference[head] - snapshot.difference);
    }
    for (const { from, to, changes } of between) {
      changes[i] = writes(scene, snapshot, to, atEnd.z(from[1], to[0])) - writes(scene, snapshot, to);
    }
  }
  const evidence = heads.map((head): HeadSeries => {
    const direct = snapshots.map((snapshot) => writes(scene, snapshot, [layer, head]));
    const own = snapshots.map((snapshot, i) => {
      const patched = changedPrompt(scene, 'unrelated giver', i).end[layer];
      return writes(scene, snapshot, [layer, head], patched) - direct[i];
    });
    return {
      layer,
      head,
      direct,
      endEffect: [...end[head]],
      s2Effect: [...s2[head]],
      indirect: own.map((change, i) => end[head][i] - change),
      fromEnd: attentionBySource(scene, layer, head, 1),
      fromS2: attentionBySource(scene, layer, head, 0),
      toNext: mean(
        snapshots.map((snapshot) => attended(scene, snapshot, layer, head, 0)[snapshot.prompt.places.s1 + 1]),
      ),
    };
  });
  return { heads: evidence, between };
}

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

/** A change for each head: its z of the unrelated giver's prompt in place of its own. */
function headChanges(scene: Scene, layer: number, prompt: number, place: ChangedAt): Change[] {
  const { config } = scene.model;
  return Array.from({ length: config.nHeads }, (_, head) => headPatch(scene, layer, head, prompt, place));
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
function attended({ length }: Scene, { layers }: Snapshot, layer: number, head: number, from: 0 | 1): Float32Array {
  const row = head * 2 + from;
  return layers[layer].pattern.subarray(row * length, (row + 1) * length);
}

function attentionBySource(scene: Scene, layer: number, head: number, from: 0 | 1): number[] {
  const sums = scene.snapshots.map((snapshot) =>
    bySource(attended(scene, snapshot, layer, head, from), snapshot.prompt.places),
  );
  return sources.map((_, source) => mean(sums.map((own) => own[source])));
}

function set(values: Float64Array | undefined, i: number, value: number): void {
  if (values) values[i] = value;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
