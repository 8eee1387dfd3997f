import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder, removePath } from '../disk/disk.ts';
import { readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { readCheckpointFiles, unlessDamaged, writeCheckpointFiles } from './checkpoint-files.ts';
import type { CorpusPosition } from './sae-activations.ts';
import type { LayerFigures } from './sae-layer.ts';
import type { SaeState } from './sae-state.ts';
import { type SaeShape, stateSpecs } from './sae-step.ts';

interface LayerCheckpoint {
  readonly layer: number;
  readonly state: SaeState;
  readonly figures: LayerFigures;
  readonly lastActive: Float64Array;
  /** What the activation buffer holds and has not served [token, dIn]. */
  readonly unserved: Float32Array;
}

/** All that training needs to go on as if it had not been interrupted: random choices are functions of the counts. */
export interface SaeCheckpoint {
  readonly step: number;
  readonly position: CorpusPosition;
  /** How often the activation buffer was filled. */
  readonly fills: number;
  readonly layers: readonly LayerCheckpoint[];
}

const placeIn = (folder: string) => ({ folder, name: 'state' });
const settingsFile = (dir: string) => join(dir, 'settings.json');

const count = z.int().min(0);
const progressSchema = z.object({
  step: count,
  epoch: count,
  context: count,
  fills: count,
  layers: z.array(
    z.object({
      layer: count,
      figures: z.object({
        scale: z.number(),
        lambda: z.number(),
        l0: z.number(),
        error: z.number(),
        spread: z.number(),
        l1: z.number(),
      }),
      lastActive: z.array(count),
    }),
  ),
});

/** Begins a folder of checkpoints, or finds it begun with the same settings. Throws UserError when they differ. */
export async function openCheckpoints(dir: string, settings: unknown, effects: Effects): Promise<void> {
  const path = settingsFile(dir);
  const found = await unlessDamaged(effects, () => readSealedJson(path));
  if (found === undefined) {
    await removePath(dir);
    await makeFolder(dir);
    return writeSealedJson(path, settings);
  }
  if (JSON.stringify(found) !== JSON.stringify(settings)) {
    throw new UserError(`an interrupted training with other settings is in ${dir}: finish it, or delete that folder`);
  }
}

export async function writeCheckpoint(dir: string, { step, position, fills, layers }: SaeCheckpoint): Promise<void> {
  const tensors: Record<string, FloatTensor> = {};
  for (const { layer, state, unserved } of layers) {
    const dIn = state.bDec?.data.length ?? 1;
    for (const [name, tensor] of Object.entries(state)) tensors[`${layer}/${name}`] = tensor;
    tensors[`${layer}/unserved`] = float32([unserved.length / dIn, dIn], unserved);
  }
  const counted = layers.map(({ layer, figures, lastActive }) => {
    return { layer, figures, lastActive: Array.from(lastActive) };
  });
  const progress: z.infer<typeof progressSchema> = { step, ...position, fills, layers: counted };
  await writeCheckpointFiles(placeIn(dir), step, progress, tensors);
}

/** The checkpoint of a folder, or none. Throws DamagedFile where it is not what was written. */
export async function readCheckpoint(
  dir: string,
  layers: readonly number[],
  shape: SaeShape,
): Promise<SaeCheckpoint | undefined> {
  return readCheckpointFiles(
    placeIn(dir),
    progressSchema,
    async (file, { step, epoch, context, fills, ...counted }) => {
      const read: LayerCheckpoint[] = [];
      for (const layer of layers) {
        const state: Record<string, FloatTensor> = {};
        for (const name of Object.keys(stateSpecs(shape))) state[name] = await file.read(`${layer}/${name}`);
        const own = counted.layers.find((other) => other.layer === layer);
        if (!own) throw new RangeError(`the checkpoint holds no layer ${layer}`);
        const unserved = (await file.read(`${layer}/unserved`)).data;
        const lastActive = Float64Array.from(own.lastActive);
        read.push({ layer, state, figures: own.figures, lastActive, unserved });
      }
      return { step, position: { epoch, context }, fills, layers: read };
    },
  );
}

export async function removeCheckpoints(dir: string): Promise<void> {
  await removePath(dir);
}
