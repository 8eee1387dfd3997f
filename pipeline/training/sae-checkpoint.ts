import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FloatTensor, float32 } from '../core/tensor.ts';
import { UserError } from '../core/user-error.ts';
import { writeJsonAtomic } from '../io/atomic.ts';
import { pathKind, readJsonFile } from '../io/files.ts';
import { openSafetensors } from '../io/safetensors.ts';
import { writeSafetensors } from '../io/safetensors-writer.ts';
import type { CorpusPosition } from './sae-activations.ts';
import { figureNames, type LayerFigures } from './sae-layer.ts';
import type { SaeState } from './sae-state.ts';
import { type SaeShape, stateSpecs } from './sae-step.ts';

export interface LayerCheckpoint {
  readonly layer: number;
  readonly state: SaeState;
  readonly figures: LayerFigures;
  readonly lastActive: Float32Array;
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

const stateFile = (dir: string) => join(dir, 'state.safetensors');
const settingsFile = (dir: string) => join(dir, 'settings.json');
const COUNTS = 'counts';

/** Begins a folder of checkpoints, or finds it begun with the same settings. Throws UserError when they differ. */
export async function openCheckpoints(dir: string, settings: unknown): Promise<void> {
  const path = settingsFile(dir);
  if ((await pathKind(path)) === 'missing') {
    await mkdir(dir, { recursive: true });
    return writeJsonAtomic(path, settings);
  }
  const expected = JSON.stringify(settings);
  if (JSON.stringify(await readJsonFile(path)) !== expected) {
    throw new UserError(`an interrupted training with other settings is in ${dir}: finish it, or delete that folder`);
  }
}

export async function writeCheckpoint(dir: string, { step, position, fills, layers }: SaeCheckpoint): Promise<void> {
  const tensors: Record<string, FloatTensor> = {
    [COUNTS]: float32([4], Float32Array.of(step, position.epoch, position.context, fills)),
  };
  for (const { layer, state, figures, lastActive, unserved } of layers) {
    const dIn = state.bDec?.data.length ?? 1;
    for (const [name, tensor] of Object.entries(state)) tensors[`${layer}/${name}`] = tensor;
    tensors[`${layer}/figures`] = vector(figureNames.map((name) => figures[name]));
    tensors[`${layer}/lastActive`] = vector(lastActive);
    tensors[`${layer}/unserved`] = { shape: [unserved.length / dIn, dIn], dtype: 'float32', data: unserved };
  }
  await writeSafetensors(stateFile(dir), tensors);
}

const vector = (values: ArrayLike<number>) => float32([values.length], Float32Array.from(values));

/** The checkpoint of a folder, or none. */
export async function readCheckpoint(
  dir: string,
  layers: readonly number[],
  shape: SaeShape,
): Promise<SaeCheckpoint | undefined> {
  if ((await pathKind(stateFile(dir))) === 'missing') return undefined;
  const file = await openSafetensors(stateFile(dir));
  const data = async (name: string) => (await file.read(name)).data;
  try {
    const [step = 0, epoch = 0, context = 0, fills = 0] = await data(COUNTS);
    const read: LayerCheckpoint[] = [];
    for (const layer of layers) {
      const state: Record<string, FloatTensor> = {};
      for (const name of Object.keys(stateSpecs(shape))) state[name] = await file.read(`${layer}/${name}`);
      const [scale = 1, lambda = 1, l0 = 0, error = 0, spread = 0, l1 = 0] = await data(`${layer}/figures`);
      const figures = { scale, lambda, l0, error, spread, l1 };
      const lastActive = await data(`${layer}/lastActive`);
      read.push({ layer, state, figures, lastActive, unserved: await data(`${layer}/unserved`) });
    }
    return { step, position: { epoch, context }, fills, layers: read };
  } finally {
    await file.close();
  }
}

export async function removeCheckpoints(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
