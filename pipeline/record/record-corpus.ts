import { DamagedFile } from '../disk/checksum.ts';
import { orClose } from '../disk/or-close.ts';
import { closeRecorders, openRecorders, recordActivations } from './activations.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import type { RecordingOptions } from './recording-options.ts';

/**
 * Recorders that hold the whole corpus, their files verified. Work that was damaged since it was committed is done anew,
 * once; damaged again, it is a disk not to be trusted. Throws DamagedFile then.
 */
export async function recordCorpus(options: RecordingOptions): Promise<LayerRecorder[]> {
  try {
    return await record(options);
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    options.effects.log(`${error.message}: the corpus is recorded again`);
    await options.workspace.restart();
    return record(options);
  }
}

async function record(options: RecordingOptions): Promise<LayerRecorder[]> {
  const recorders = await openRecorders(options);
  return orClose({ close: () => closeRecorders(recorders) }, async () => {
    await recordActivations(options, recorders);
    for (const recorder of recorders) await recorder.verify();
    return recorders;
  });
}
