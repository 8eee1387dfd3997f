import { HeadPeaks } from '../record/head-peaks.ts';
import type { RunInputs } from '../record/inputs.ts';
import { LayerRecorder } from '../record/layer-recorder.ts';
import type { MeasurePart } from '../record/stored-parts.ts';
import { readTop } from '../record/top-file.ts';
import type { Workspace } from '../record/workspace.ts';
import type { Sae } from '../sae/sae.ts';
import { measureParts } from './measure-parts.ts';
import type { RunSubject } from './subject.ts';

/** measureParts of a corpus that was recorded by whoever committed it, read from the working folder. */
export async function recordedParts(subject: RunSubject, workspace: Workspace): Promise<MeasurePart[]> {
  const { settings, inputs, engine, contexts } = subject;
  const { saes, model } = inputs;
  const { headSequences, examples } = settings;
  const recorders = await recordedTops(inputs, workspace, examples);
  const heads = await HeadPeaks.open({ saes, model, contexts, headSequences }, workspace);
  const shared = { engine, model, length: contexts.length, examples, folder: workspace.folder };
  const recorderOf = (sae: Sae) => LayerRecorder.open({ ...shared, sae }, workspace.position(sae.id));
  return measureParts(subject, { recorders, heads }, recorderOf);
}

/** The top examples of each SAE, which is all that most measures need of the corpus. */
async function recordedTops({ saes }: RunInputs, workspace: Workspace, examples: number) {
  const recorded = saes.map(async (sae) => {
    const top = workspace.position(sae.id)?.top ?? null;
    return { sae, top: await readTop(workspace.folder, top, sae.dSae, examples) };
  });
  return Promise.all(recorded);
}
