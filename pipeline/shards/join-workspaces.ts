import { join } from 'node:path';
import { DamagedFile } from '../disk/checksum.ts';
import { UserError } from '../errors/user-error.ts';
import { closeRecorders, openRecorders } from '../record/activations.ts';
import { HeadPeaks } from '../record/head-peaks.ts';
import { LayerRecorder } from '../record/layer-recorder.ts';
import type { RecordingOptions } from '../record/recording-options.ts';
import { Workspace } from '../record/workspace.ts';
import { contextsOfShard, type Shard } from './shard.ts';

/** A file of a part is not as it was committed, or the part not whole; `folder` is its working folder. */
export class DamagedPart extends UserError {
  readonly folder: string;

  constructor({ message }: DamagedFile, folder: string) {
    super(message);
    this.folder = folder;
  }
}

/** Where parts of a corpus were recorded: each in a folder of its own within OUT. */
interface PartFolders {
  readonly out: string;
  readonly shards: readonly Shard[];
  folderOf(shard: Shard): string;
}

/**
 * Joins what was recorded of the parts of a corpus, in their order, into the run's own working files, as if it had been
 * recorded in one. Throws DamagedPart.
 */
export async function joinWorkspaces(parts: PartFolders, options: RecordingOptions): Promise<void> {
  const { workspace, saes, contexts, effects } = options;
  const folders = await Promise.all(parts.shards.map((shard) => wholePart(parts, shard, options)));
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

function wholePart({ out, folderOf }: PartFolders, shard: Shard, options: RecordingOptions): Promise<Workspace> {
  const { fingerprint } = options.workspace;
  const { count } = contextsOfShard(shard, options.contexts.count);
  const folder = folderOf(shard);
  return ofPart(join(out, folder), () => Workspace.openWhole(out, { fingerprint, contexts: count }, folder));
}

async function joinedPeaks(folders: readonly Workspace[], options: RecordingOptions): Promise<HeadPeaks> {
  const parts: HeadPeaks[] = [];
  for (const own of folders) parts.push(await ofPart(own.folder, () => HeadPeaks.open(options, own)));
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
      parts.push(await ofPart(own.folder, () => LayerRecorder.open(options, own.position(sae.id))));
    }
    recorder.join(parts);
  } finally {
    await closeRecorders(parts);
  }
}

async function ofPart<T>(folder: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof DamagedFile ? new DamagedPart(error, folder) : error;
  }
}
