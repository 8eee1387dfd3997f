import type { ModelConfig } from '../../../model/model.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import { placeName } from '../../../record/programs.ts';
import { sites } from '../../../sae/site.ts';
import type { ForwardCost } from '../counted-engine.ts';
import type { ChangedAt, ChangedPrompt } from './changed-prompt.ts';
import { addTo, changesOf, maskOf, memoryOf, positionsOf, streamAt } from './pack-inputs.ts';
import { packTails, type TailPack } from './pack-tails.ts';
import type { PackSize } from './programs.ts';
import { type TailProgramOptions, TailPrograms } from './tail-programs.ts';

/** Takes z [dIn] at the end of a changed prompt, by its place among them, in a layer later than the first. */
type SeeEnd = (row: number, layer: number, z: Float32Array) => void;

/** Runs prompts again with changes, from the changed layer and position on, over the keys and values of the unchanged ones. */
export interface TailRunner {
  /** The logit difference after each change of layer `first`, and of later ones. */
  run(first: number, changedAt: ChangedAt, changed: Iterable<ChangedPrompt>, see?: SeeEnd): Promise<number[]>;
  dispose(): Promise<void>;
}

export interface TailCost {
  /** Changed prompts. */
  tails: number;
}

interface TailOptions extends TailProgramOptions {
  /** Counts what was run. */
  readonly cost: TailCost;
  /** The study's, to which tails add what they are of whole forward passes. */
  readonly forward: Pick<ForwardCost, 'forwardTokens'>;
}

/** What a run of tails holds: products are large enough for their rate, and attention over the whole pack costs little. */
const packSize: PackSize = { tokens: 128, memory: 192 };
/** Changes that are in memory at once. */
const changesAtOnce = 1024;

/** Forward tokens of a tail of so many positions: one of them in the layer that is changed, all in those after it. */
export const tailTokens = ({ nLayers }: Pick<ModelConfig, 'nLayers'>, layer: number, positions: number): number =>
  (1 + (nLayers - 1 - layer) * positions) / nLayers;

/** Programs are compiled when they are first needed, a layer each. */
export function openTails(options: TailOptions): TailRunner {
  const { length } = options;
  const size = { tokens: Math.max(packSize.tokens, length), memory: Math.max(packSize.memory, length) };
  const programs = new TailPrograms(options, size);
  return {
    async run(first, changedAt, changed, see) {
      const differences: number[] = [];
      for (const block of blocksOf(changed, changesAtOnce)) {
        const before = differences.length;
        const sees: SeeEnd | undefined = see && ((row, layer, z) => see(before + row, layer, z));
        for (const difference of await runBlock({ ...options, size, programs, first, changedAt, see: sees }, block)) {
          differences.push(difference);
        }
        for (const { snapshot } of block) {
          const { end, [changedAt]: start } = snapshot.prompt.places;
          options.forward.forwardTokens += tailTokens(options.model.config, first, end - start + 1);
        }
      }
      options.cost.tails += differences.length;
      return differences;
    },
    dispose: () => programs.dispose(),
  };
}

function* blocksOf<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let block: T[] = [];
  for (const one of all) {
    block.push(one);
    if (block.length < size) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

interface Block extends TailOptions {
  readonly size: PackSize;
  readonly programs: TailPrograms;
  readonly first: number;
  readonly changedAt: ChangedAt;
  readonly see: SeeEnd | undefined;
}

async function runBlock(block: Block, changed: readonly ChangedPrompt[]): Promise<number[]> {
  const { first, changedAt, model, size } = block;
  const { dModel, nLayers } = model.config;
  const next = await changedStreams(block, changed);
  if (first === nLayers - 1) {
    // What is written at S2 in the last layer reaches no other position.
    if (changedAt === 's2') return changed.map(({ snapshot }) => snapshot.difference);
    return differencesOf(block, changed, next);
  }
  const ends = new Float32Array(changed.length * dModel);
  for (const pack of packTails(changed, changedAt, size)) {
    const last = await runPack(block, pack, next);
    for (const { row, at, start, end } of pack.tails) {
      const from = (at + end - start) * dModel;
      ends.set(last.subarray(from, from + dModel), row * dModel);
    }
  }
  return differencesOf(block, changed, ends);
}

/** The stream after the first layer where each prompt is changed, [changed, dModel]: there alone it differs. */
async function changedStreams(
  { first, changedAt, model, size, programs }: Block,
  changed: readonly ChangedPrompt[],
): Promise<Float32Array> {
  const { nHeads, dHead, dModel } = model.config;
  const rows = size.tokens;
  const run = await programs.changed(first);
  const next = new Float32Array(changed.length * dModel);
  for (let at = 0; at < changed.length; at += rows) {
    const own = changed.slice(at, at + rows);
    const room = (width: number) => float32([1, rows, width]);
    const stream = room(dModel);
    const changedSites = { z: room(nHeads * dHead), attn_module: room(dModel), attn_out: room(dModel) };
    for (const [row, { snapshot, change }] of own.entries()) {
      stream.data.set(streamAt(snapshot, first, snapshot.prompt.places[changedAt], dModel), row * dModel);
      changedSites.z.data.set(snapshot[changedAt][first], row * nHeads * dHead);
      for (const site of sites) {
        const { data } = changedSites[site];
        addTo(data, (row * data.length) / rows, change.get(placeName({ layer: first, site })));
      }
    }
    const outputs = await run({ stream, ...changedSites });
    next.set(outputs.next.data.subarray(0, own.length * dModel), at * dModel);
  }
  return next;
}

/** Runs a pack through the layers after the first, which gave `next` [changed, dModel]; the last stream, [token, dModel]. */
async function runPack(
  { first, model, size, programs, see, length }: Block,
  pack: TailPack,
  next: Float32Array,
): Promise<Float32Array> {
  const { nLayers, nHeads, dHead, dModel } = model.config;
  const dIn = nHeads * dHead;
  let stream = enteringStream(pack, first + 1, next, { tokens: size.tokens, dModel });
  const fixed = { mask: maskOf(pack, size), ...positionsOf(pack, size, length) };
  for (let layer = first + 1; layer < nLayers; layer++) {
    const run = await programs.layer(layer);
    const changes = changesOf(pack, layer, programs.sitesOf(layer), { tokens: size.tokens, dIn, dModel });
    const outputs = await run({ ...fixed, stream, ...memoryOf(pack, layer, size, model), changes });
    stream = outputs.next;
    if (!see) continue;
    for (const { row, at, start, end } of pack.tails) {
      const from = (at + end - start) * dIn;
      see(row, layer, outputs.z.data.subarray(from, from + dIn));
    }
  }
  return stream.data;
}

/** What enters a layer: `next` [changed, dModel] where a prompt is changed, its unchanged stream behind that. */
function enteringStream(
  { tails }: TailPack,
  layer: number,
  next: Float32Array,
  { tokens, dModel }: { readonly tokens: number; readonly dModel: number },
) {
  const stream = float32([1, tokens, dModel]);
  for (const { row, changed, start, end, at } of tails) {
    stream.data.set(next.subarray(row * dModel, (row + 1) * dModel), at * dModel);
    for (let position = start + 1; position <= end; position++) {
      stream.data.set(streamAt(changed.snapshot, layer, position, dModel), (at + position - start) * dModel);
    }
  }
  return stream;
}

async function differencesOf(
  { model, size, programs }: Block,
  changed: readonly ChangedPrompt[],
  ends: Float32Array,
): Promise<number[]> {
  const { dModel } = model.config;
  const rows = size.tokens;
  const run = await programs.difference();
  const differences: number[] = [];
  for (let at = 0; at < changed.length; at += rows) {
    const own = changed.slice(at, at + rows);
    const [stream, io, s] = [float32([rows, dModel]), int32([rows]), int32([rows])];
    stream.data.set(ends.subarray(at * dModel, (at + own.length) * dModel));
    for (const [row, { snapshot }] of own.entries()) {
      io.data[row] = snapshot.prompt.io;
      s.data[row] = snapshot.prompt.s;
    }
    const { difference } = await run({ stream, io, s });
    for (const row of own.keys()) differences.push(difference.data[row]);
  }
  return differences;
}
