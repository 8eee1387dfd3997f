import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { families } from '../../model/families/index.ts';
import { unsupportedBecause } from '../../model/families/unsupported.ts';
import type { Family, Stored } from '../../model/family.ts';
import type { Model, ModelConfig } from '../../model/model.ts';
import { tensorNames, tensorShapes } from '../../model/tensors.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { pathKind, readJsonFile, requireFolder } from '../files.ts';
import { openSafetensors } from '../safetensors/safetensors.ts';
import { readTensor, type TensorFile } from '../tensor-file.ts';
import { openTorchFile } from '../torch/torch-file.ts';
import { requireTied } from './tied-matrix.ts';

const configSchema = z.looseObject({ model_type: z.string() });
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** Puts a tensor where it is to be held. */
export type KeepTensor = (tensor: FloatTensor) => FloatTensor | Promise<FloatTensor>;

/** A model directory whose tensors are read one at a time, by the names of `tensorShapes`. */
export interface ModelDir {
  readonly config: ModelConfig;
  read(name: string): Promise<FloatTensor>;
  close(): Promise<void>;
}

/**
 * Loads a model from a Hugging Face directory: config.json and model.safetensors, or its shards by
 * model.safetensors.index.json, or pytorch_model.bin. Tensors that the family does not name are left unread.
 * `keep` says what is held of each. Throws UserError for a missing file or tensor, a wrong shape, or a value that is not finite.
 */
export async function loadModel(dir: string, keep: KeepTensor = (tensor) => tensor): Promise<Model> {
  const { config, read, close } = await openModel(dir);
  try {
    const weights: Record<string, FloatTensor> = {};
    for (const name of Object.keys(tensorShapes(config))) weights[name] = await keep(await read(name));
    return { config, weights };
  } finally {
    await close();
  }
}

/** Opens what loadModel loads. */
export async function openModel(dir: string): Promise<ModelDir> {
  const { family, config } = await readModelConfig(dir);
  const files = await openWeights(dir);
  try {
    checkLayerCount(config, files, join(dir, 'config.json'));
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
  const places = family.stored({ ...config, tiedEmbedding: false });
  return {
    config,
    read: (name) => readOwn({ files, family, config, places }, name),
    async close() {
      for (const file of files) await file.close();
    },
  };
}

/** The open files of a checkpoint, and what says how its tensors are stored. */
interface Checkpoint {
  readonly files: readonly TensorFile[];
  readonly family: Family;
  readonly config: ModelConfig;
  /** As of an untied model: a tied one's files may have an unembedding as well. */
  readonly places: Readonly<Record<string, Stored>>;
}

/** One of the model's tensors; a tied model may have its one matrix under either name, or under both. */
async function readOwn(checkpoint: Checkpoint, name: string): Promise<FloatTensor> {
  const { config } = checkpoint;
  const isTied = config.tiedEmbedding && name === tensorNames.tokens;
  const own = locate(checkpoint, name);
  const head = isTied ? locate(checkpoint, tensorNames.unembedding) : undefined;
  if (!head?.isThere) return readPlaced(own);
  if (!own.isThere) return readPlaced(head);
  const tensor = await readPlaced(own);
  requireTied({ name: own.stored, tensor }, { name: head.stored, tensor: await readPlaced(head) }, head.file.path);
  return tensor;
}

const readPlaced = async ({ file, stored, place }: Placed): Promise<FloatTensor> =>
  place.take(await readTensor(file, stored, place.shape));

/** Every layer has a tensor of its own: a config that says more layers than that is no config of these files. */
function checkLayerCount({ nLayers }: ModelConfig, files: readonly TensorFile[], configPath: string): void {
  const tensors = files.reduce((sum, { shapes }) => sum + shapes.size, 0);
  if (nLayers > tensors) {
    throw new UserError(`${nLayers} layers, expected at most as many as there are tensors: ${tensors} (${configPath})`);
  }
}

/** Reads a model directory's config.json by the family that its model_type names. */
export async function readModelConfig(dir: string): Promise<{ family: Family; config: ModelConfig }> {
  await requireFolder(dir, 'model');
  const path = join(dir, 'config.json');
  const json = await readJsonFile(path);
  const parsed = configSchema.safeParse(json);
  const modelType = parsed.success ? parsed.data.model_type : undefined;
  const family = families.find((own) => (modelType === undefined ? own.claims?.(json) : own.modelType === modelType));
  if (!family) throw unknownFamily(modelType, path);
  return { family, config: family.parseConfig(json, path) };
}

function unknownFamily(modelType: string | undefined, path: string): UserError {
  const known = families.map((family) => family.modelType).join(', ');
  if (modelType === undefined) return new UserError(`missing model_type, expected ${known} (${path})`);
  const reason = unsupportedBecause(modelType);
  const found = reason === undefined ? modelType : `${modelType} (${reason})`;
  return new UserError(`unsupported model_type: ${found}, expected ${known} (${path})`);
}

/** The files that hold a model's weights, for hashing. */
export async function modelWeightFiles(dir: string): Promise<string[]> {
  const single = join(dir, 'model.safetensors');
  if ((await pathKind(single)) === 'file') return [single];
  const index = join(dir, 'model.safetensors.index.json');
  if ((await pathKind(index)) === 'file') return shardFiles(dir, index);
  const torch = join(dir, 'pytorch_model.bin');
  if ((await pathKind(torch)) === 'file') return [torch];
  const torchIndex = join(dir, 'pytorch_model.bin.index.json');
  if ((await pathKind(torchIndex)) === 'file') return shardFiles(dir, torchIndex);
  return [await soleTorchFile(dir)];
}

/** TransformerLens's `model_final.pth`, or whichever the only .pth is. */
async function soleTorchFile(dir: string): Promise<string> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.pth'));
  const [name] = names.includes('model_final.pth') ? ['model_final.pth'] : names;
  if (name !== undefined && (names.length === 1 || name === 'model_final.pth')) return join(dir, name);
  throw new UserError(
    `no weights: expected model.safetensors or pytorch_model.bin, the index of either, or one .pth (${dir})`,
  );
}

async function shardFiles(dir: string, index: string): Promise<string[]> {
  const parsed = indexSchema.safeParse(await readJsonFile(index));
  if (!parsed.success) throw new UserError(`missing weight_map (${index})`);
  const names = [...new Set(Object.values(parsed.data.weight_map))].sort();
  for (const name of names) {
    if (name !== basename(name)) throw new UserError(`shard is ${name}, expected a file beside the index (${index})`);
    if ((await pathKind(join(dir, name))) !== 'file') throw new UserError(`missing shard: ${name} (${index})`);
  }
  return names.map((name) => join(dir, name));
}

async function openWeights(dir: string): Promise<TensorFile[]> {
  const files: TensorFile[] = [];
  try {
    for (const path of await modelWeightFiles(dir)) {
      files.push(await (basename(path).endsWith('.safetensors') ? openSafetensors(path) : openTorchFile(path)));
    }
    return files;
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

/** Where a tensor lies: its file, and what it is called there. */
interface Placed {
  readonly file: TensorFile;
  readonly stored: string;
  readonly place: Stored;
  readonly isThere: boolean;
}

/** Finds one of the model's tensors; one that is nowhere is looked for in the first file, which reports it. */
function locate({ files, family, places }: Checkpoint, own: string): Placed {
  const place = places[own];
  const [first] = files;
  if (!place || !first) throw new Error(`the family ${family.modelType} has no ${own}`);
  const { name, otherNames = [] } = place;
  for (const stored of [name, ...otherNames].flatMap((other) => family.prefixes.map((prefix) => prefix + other))) {
    const file = files.find(({ shapes }) => shapes.has(stored));
    if (file) return { file, stored, place, isThere: true };
  }
  // The prefix is the base model's, which the unembedding is no part of.
  const prefix = own === tensorNames.unembedding ? '' : (family.prefixes.at(0) ?? '');
  return { file: first, stored: prefix + name, place, isThere: false };
}
