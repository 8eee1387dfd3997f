import { closeAll, closingAfter, type OnEnd } from '../disk/closing.ts';
import { orClose } from '../disk/or-close.ts';
import { attributeExamples } from './attribute-examples.ts';
import type { ContextRange } from './context-range.ts';
import { countedBy } from './counted-tokens.ts';
import { openDensePass } from './dense-pass.ts';
import { HeadPeaks } from './head-peaks.ts';
import { LaneThresholds } from './lane-thresholds.ts';
import { LayerRecorder } from './layer-recorder.ts';
import type { RecordingOptions } from './recording-options.ts';
import { checkRoom } from './room-check.ts';
import { SparsePass } from './sparse-pass.ts';

const commitEveryMs = 15_000;
/** Tokens after which it is known what the working files will take. */
const calibrationTokens = 4096;

/**
 * The one pass over the corpus, or over a part of it: forward, encode, and record each layer's activations, top examples
 * and attributions. Continues where the workspace was last committed. Attributions that the pass leaves out are those of
 * the whole corpus's top, so a part has none.
 */
export async function recordActivations(options: RecordingOptions, recorders: readonly LayerRecorder[]): Promise<void> {
  const { contexts, workspace } = options;
  const part = partOf(options);
  const heads = await HeadPeaks.open(options, workspace);
  const commit = committer(options, recorders, heads);
  if (workspace.contextsRecorded < part.count)
    await closingAfter((onEnd) => recordPart(options, recorders, { heads, commit, onEnd }));
  else if (part.count === 0) await commit(0, true);
  if (options.part) return;
  const attributed = await attributeExamples(options, recorders, () => commit(contexts.count));
  if (attributed > 0) await commit(contexts.count, true);
}

const partOf = ({ part, contexts }: RecordingOptions): ContextRange => part ?? { first: 0, count: contexts.count };

async function recordPart(
  options: RecordingOptions,
  recorders: readonly LayerRecorder[],
  { heads, commit, onEnd }: { readonly heads: HeadPeaks; readonly commit: Commit; readonly onEnd: OnEnd },
): Promise<void> {
  const { contexts, workspace, effects, engine } = options;
  const part = partOf(options);
  for (const recorder of recorders) onEnd(() => recorder.release());
  const pass = engine.sharesMemory ? await openDensePass(options, heads) : new SparsePass(options, heads);
  onEnd(() => pass.dispose());
  const before = workspace.contextsRecorded * (contexts.length - 1);
  const progress = effects.progress('activations', part.count * (contexts.length - 1), 'tokens', before);
  onEnd(() => progress.end());
  const perSegment = Math.max(1, Math.floor(options.segmentTokens / contexts.length));
  const room = { recorders, folder: workspace.folder, contexts: options.roomFor ?? part.count, perSegment, effects };
  const calibrated = Math.min(part.count, workspace.contextsRecorded + Math.ceil(calibrationTokens / contexts.length));
  let isRoomChecked = false;
  const ranges = [...rangesOf(options, part, perSegment)];
  for (const [i, range] of ranges.entries()) {
    await pass.run(recorders, range, ranges[i + 1]);
    const recorded = range.first + range.count - part.first;
    progress.update(recorded * (contexts.length - 1));
    if (!isRoomChecked && recorded >= calibrated) {
      await checkRoom(room, recorded);
      isRoomChecked = true;
    }
    if (!range.endsSegment) continue;
    await pass.settle(recorders);
    for (const recorder of recorders) recorder.endSegment();
    await commit(recorded, recorded === part.count);
  }
}

/** Batches of a part's contexts that are not recorded yet; none reaches over the end of a segment. */
function* rangesOf(
  { workspace, batch }: RecordingOptions,
  part: ContextRange,
  perSegment: number,
): Generator<ContextRange & { readonly endsSegment: boolean }> {
  const partEnd = part.first + part.count;
  for (let first = part.first + workspace.contextsRecorded; first < partEnd; first += perSegment) {
    const end = Math.min(first + perSegment, partEnd);
    for (let at = first; at < end; at += batch) {
      const count = Math.min(batch, end - at);
      yield { first: at, count, endsSegment: at + count === end };
    }
  }
}

type Commit = (contexts: number, mustCommit?: boolean) => Promise<void>;

/** Commits where some time has passed since it last did, or where it must. */
function committer(
  { workspace, effects }: RecordingOptions,
  recorders: readonly LayerRecorder[],
  heads: HeadPeaks,
): Commit {
  let committedMs = effects.now();
  return async (contexts: number, mustCommit = false) => {
    if (!mustCommit && effects.now() - committedMs <= commitEveryMs) return;
    await workspace.commit(contexts, recorders, heads);
    committedMs = effects.now();
  };
}

/** A recorder for each SAE, where the workspace was last committed. Throws DamagedFile where its files are damaged. */
export async function openRecorders({
  engine,
  model,
  saes,
  contexts,
  workspace,
  examples,
  lane,
}: RecordingOptions): Promise<LayerRecorder[]> {
  const shared = {
    engine,
    model,
    length: contexts.length,
    examples,
    folder: workspace.folder,
  };
  const recorders: LayerRecorder[] = [];
  return orClose({ close: () => closeRecorders(recorders) }, async () => {
    for (const [i, sae] of saes.entries()) {
      const thresholds = lane && new LaneThresholds(lane.thresholds[i], lane.number, sae.dSae);
      const own = { ...shared, sae, thresholds, isCounted: countedBy(sae, contexts) };
      recorders.push(await LayerRecorder.open(own, workspace.position(sae.id)));
    }
    return recorders;
  });
}

export async function closeRecorders(recorders: readonly LayerRecorder[]): Promise<void> {
  await closeAll(recorders.map((recorder) => () => recorder.close()));
}
