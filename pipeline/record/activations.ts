import type { Effects } from '../effects.ts';
import type { Engine, OutputsOf } from '../engine/program.ts';
import { roomFor } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import type { Model } from '../model/model.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../numbers/tensor.ts';
import type { Place, Sae } from '../sae/sae.ts';
import type { ContextFile } from './context-file.ts';
import type { AttentionBatch } from './example-attributions.ts';
import { LayerRecorder } from './layer-recorder.ts';
import { forwardProgram, placeName } from './programs.ts';
import { checkRoom } from './room-check.ts';
import type { Workspace } from './workspace.ts';

export interface RecordingOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly contexts: ContextFile;
  readonly workspace: Workspace;
  readonly batch: number;
  readonly examples: number;
  /** Tokens of a segment of the activation log, about. Nothing in the tables depends on it. */
  readonly segmentTokens: number;
  readonly effects: Effects;
}

const commitEveryMs = 15_000;
/** Tokens after which it is known what the working files will take. */
const calibrationTokens = 4096;

/**
 * The one pass over the corpus: forward, encode, and record each layer's activations, top examples and attributions.
 * Continues where the workspace was last committed.
 */
export async function recordActivations(options: RecordingOptions, recorders: readonly LayerRecorder[]): Promise<void> {
  const { contexts, workspace, effects } = options;
  const pass = await openPass(options);
  const progress = effects.progress('activations', contexts.count * (contexts.length - 1), 'tokens');
  const perSegment = Math.max(1, Math.floor(options.segmentTokens / contexts.length));
  const room = { recorders, folder: workspace.folder, contexts: contexts.count, perSegment, effects };
  const calibrated = Math.min(
    contexts.count,
    workspace.contextsRecorded + Math.ceil(calibrationTokens / contexts.length),
  );
  let isRoomChecked = workspace.contextsRecorded === contexts.count;
  let committedMs = effects.now();
  for (let first = workspace.contextsRecorded; first < contexts.count; first += perSegment) {
    const end = Math.min(first + perSegment, contexts.count);
    for (let at = first; at < end; at += options.batch) {
      await pass.run(recorders, at, Math.min(options.batch, end - at));
      const recorded = Math.min(at + options.batch, end);
      progress.update(recorded * (contexts.length - 1));
      if (!isRoomChecked && recorded >= calibrated) {
        await checkRoom(room, recorded);
        isRoomChecked = true;
      }
    }
    for (const recorder of recorders) recorder.endSegment();
    if (end === contexts.count || effects.now() - committedMs > commitEveryMs) {
      await workspace.commit(end, recorders);
      committedMs = effects.now();
    }
  }
  progress.end();
  await pass.dispose();
}

/** A recorder for each SAE, where the workspace was last committed. Throws DamagedFile where its files are damaged. */
export async function openRecorders({
  engine,
  model,
  saes,
  contexts,
  workspace,
  batch,
  examples,
}: RecordingOptions): Promise<LayerRecorder[]> {
  const shared = {
    engine,
    model,
    length: contexts.length,
    batch,
    examples,
    folder: workspace.folder,
  };
  const recorders: LayerRecorder[] = [];
  try {
    for (const sae of saes) {
      recorders.push(await LayerRecorder.open({ ...shared, sae }, workspace.position(sae.id)));
    }
  } catch (error) {
    await closeRecorders(recorders);
    throw error;
  }
  return recorders;
}

export async function closeRecorders(recorders: readonly LayerRecorder[]): Promise<void> {
  for (const recorder of recorders) await recorder.close();
}

/** The forward pass of one batch, with room for its outputs that every batch uses again. */
async function openPass({ engine, model, saes, contexts, batch }: RecordingOptions) {
  const { length } = contexts;
  const program = forwardProgram(model, saes, batch, length);
  const forward = await engine.compile(program);
  const into = roomFor(program.outputs);
  const room = activationRoom(saes, batch * length);
  return {
    async run(recorders: readonly LayerRecorder[], first: number, count: number): Promise<void> {
      const tokens = int32([batch, length]);
      tokens.data.set(await contexts.read(first, count));
      await forward({ tokens }, into);
      for (const { sae } of recorders) requireFinite(attentionOf(into, sae).x, sae, first, length);
      for (const recorder of recorders) {
        await recorder.record(attentionOf(into, recorder.sae), first, count, room(recorder.sae.dSae));
      }
    },
    dispose: () => forward.dispose(),
  };
}

/** NaN or infinity anywhere in a layer's attention shows in its z, and in what comes of it. */
function requireFinite(x: FloatTensor, { layer, site }: Place, firstContext: number, length: number): void {
  const at = firstNonFinite(x.data);
  if (at < 0) return;
  const row = Math.floor(at / (x.shape[1] ?? 1));
  const place = `context ${firstContext + Math.floor(row / length)}, position ${row % length}`;
  throw new NonFinite(`${site} of layer ${layer} at ${place}, in the forward pass,`, x.data[at]);
}

const attentionOf = ({ places, layers }: OutputsOf<typeof forwardProgram>, place: Place): AttentionBatch => ({
  x: places[placeName(place)],
  ...layers[place.layer],
});

/** One block of memory for activations [rows, dSae], shared by SAEs of every width. */
function activationRoom(saes: readonly Sae[], rows: number): (dSae: number) => FloatTensor {
  const widest = new Float32Array(rows * greatest(saes.map((sae) => sae.dSae)));
  return (dSae) => float32([rows, dSae], widest.subarray(0, sizeOf([rows, dSae])));
}
