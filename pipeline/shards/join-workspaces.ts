import { DamagedFile } from '../disk/checksum.ts';
import { UserError } from '../errors/user-error.ts';
import { closeRecorders, openRecorders } from '../record/activations.ts';
import { HeadPeaks } from '../record/head-peaks.ts';
import { LayerRecorder } from '../record/layer-recorder.ts';
import type { RecordingOptions } from '../record/recording-options.ts';
import type { Workspace } from '../record/workspace.ts';

/** A file of a part is not as it was committed; `folder` is the part's working folder. */
export class DamagedPart extends UserError {
  readonly folder: string;

  constructor({ message }: DamagedFile, { folder }: Workspace) {
    super(message);
    this.folder = folder;
  }
}

/**
 * Joins what was recorded of the parts of a corpus, in their order, into the run's own working files, as if it had been
 * recorded in one. Throws DamagedPart.
 */
export async function joinWorkspaces(folders: readonly Workspace[], options: RecordingOptions): Promise<void> {
  const { workspace, saes, contexts, effects } = options;
  const progress = effects.progress('joining', saes.length, 'saes');
  await workspace.restart();
  const recorders = await openRecorders(options);
  try {
    for (const [i, recorder] of recorders.entries()) {
      await joinSae(recorder, folders, options);
      progress.update(i + 1);
    }
    await workspace.commit(contexts.count, recorders, await joinedPeaks(folders, options));
  } finally {
    await closeRecorders(recorders);
  }
  progress.end();
}

async function joinedPeaks(folders: readonly Workspace[], options: RecordingOptions): Promise<HeadPeaks> {
  const parts: HeadPeaks[] = [];
  for (const folder of folders) parts.push(await ofPart(folder, () => HeadPeaks.open(options, folder)));
  const joined = await HeadPeaks.open(options, options.workspace);
  joined.join(parts);
  return joined;
}

async function joinSae(
  recorder: LayerRecorder,
  folders: readonly Workspace[],
  { engine, model, contexts, examples }: RecordingOptions,
): Promise<void> {
  const parts: LayerRecorder[] = [];
  const { sae } = recorder;
  const shared = { engine, model, sae, length: contexts.length, examples };
  try {
    for (const own of folders) {
      const options = { ...shared, folder: own.folder };
      parts.push(await ofPart(own, () => LayerRecorder.open(options, own.position(sae.id))));
    }
    recorder.join(parts);
  } finally {
    await closeRecorders(parts);
  }
}

async function ofPart<T>(folder: Workspace, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof DamagedFile ? new DamagedPart(error, folder) : error;
  }
}
