import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, renamePath } from '../../disk/disk.ts';
import { writeFileAtomic, writeJsonAtomic } from '../../disk/replace-file.ts';
import { type ExplorerFile, type ExplorerManifest, type ExplorerSae, zMean } from '../../files/explorer-manifest.ts';
import { sha256File } from '../../files/hash.ts';
import { loadModelTokenizer } from '../../files/model/language-model.ts';
import { type ModelDir, openModel } from '../../files/model/model-dir.ts';
import { writeSafetensors } from '../../files/safetensors/safetensors-writer.ts';
import { readTokenizerFiles } from '../../files/tokenizer/tokenizer-files.ts';
import { layerShapes, sharedShapes } from '../../model/tensors.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { type Folds, foldedConfig, foldedTensors } from '../../sae/folded-bias.ts';
import { loadSae } from '../../sae/formats/sae-dir.ts';
import { type Sae, saeWeights } from '../../sae/sae.ts';
import type { RunReader } from '../../tables/reader.ts';
import type { ExplorerInputs } from './find-inputs.ts';
import { meanActivations } from './mean-activations.ts';
import { storedFormat } from './stored-format.ts';

/** What of a run's tables the explorer needs. */
export type ExplorerTables = Pick<RunReader, 'features' | 'zMeans'>;

/** Where the files go, and whether none of the weights may be rounded. */
interface Target {
  readonly folder: string;
  readonly isLossless: boolean;
}

/**
 * Writes what the explorer computes with: the model split by layer, each SAE, the tokenizer, and manifest.json, which
 * names them. No more than one layer or SAE is in memory at a time.
 */
export async function writeExplorerFiles(
  inputs: ExplorerInputs,
  reader: ExplorerTables,
  target: Target,
): Promise<number> {
  const { folder } = target;
  await makeFolder(folder);
  const { bosTokenId, eosTokenId } = await loadModelTokenizer(inputs.model);
  const model = await openModel(inputs.model);
  try {
    const manifest: Omit<ExplorerManifest, 'fingerprint'> = {
      version: 3,
      modelName: inputs.modelName,
      config: { ...foldedConfig(model.config, inputs.folds), bosTokenId, eosTokenId },
      maxTokens: Math.min(inputs.context, model.config.nContext),
      prependBos: inputs.hasBos ?? true,
      tokenizer: await writeTokenizer(inputs.model, folder),
      ...(await writeModel(model, inputs.folds, reader, target)),
      saes: await writeSaes(inputs, reader, target),
    };
    const fingerprint = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
    await writeJsonAtomic(join(folder, 'manifest.json'), { ...manifest, fingerprint });
    const files = [manifest.tokenizer, manifest.shared, ...manifest.layers, ...manifest.saes.map(({ file }) => file)];
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  } finally {
    await model.close();
  }
}

async function writeModel(
  model: ModelDir,
  folds: Folds,
  reader: ExplorerTables,
  target: Target,
): Promise<Pick<ExplorerManifest, 'shared' | 'layers'>> {
  const { config } = model;
  const ofLayer = Array.from({ length: config.nLayers }, (_, layer) => Object.keys(layerShapes(config, layer)));
  const shared = Object.keys(sharedShapes(config));
  const means = new Map((await reader.zMeans()).map(({ layer, mean_z }) => [layer, mean_z]));
  const layers: ExplorerFile[] = [];
  for (const [layer, names] of ofLayer.entries()) {
    const mean = means.get(layer);
    const tensors = await readAll(model, names);
    Object.assign(tensors, foldedTensors({ config, tensors, layer, folds }));
    if (mean) tensors[zMean] = float32([mean.length], mean);
    layers.push(await writeTensors(target, `layer-${layer}`, tensors));
  }
  return { shared: await writeTensors(target, 'shared', await readAll(model, shared)), layers };
}

async function readAll(model: ModelDir, names: readonly string[]): Promise<Record<string, FloatTensor>> {
  const tensors: Record<string, FloatTensor> = {};
  for (const name of names) tensors[name] = await model.read(name);
  return tensors;
}

async function writeSaes(inputs: ExplorerInputs, reader: ExplorerTables, target: Target): Promise<ExplorerSae[]> {
  const saes: ExplorerSae[] = [];
  for (const source of inputs.saes) {
    const sae = await loadSae(source);
    const mean = float32([sae.dSae], await meanActivations(reader, sae));
    const file = await writeTensors(target, `sae-${sae.id}`, { ...named(sae), mean });
    const { id, layer, site, dIn, dSae, subtractDecoderBias, normalization } = sae;
    const encoding = { subtractDecoderBias, normalization, activation: kindOf(sae) };
    saes.push({ id, layer, site, dIn, dSae, ...encoding, source: sourceOf(inputs, sae), file });
  }
  return saes;
}

const named = (sae: Sae) =>
  Object.fromEntries(Object.entries(saeWeights(sae)).map(([name, tensor]) => [name.split('.').at(-1) ?? name, tensor]));

const kindOf = ({ activation }: Sae): ExplorerSae['activation'] =>
  activation.kind === 'topk' ? { kind: 'topk', k: activation.k } : { kind: activation.kind };

/** Not the path, which says where on someone's disk it was. */
const sourceOf = ({ modelName }: ExplorerInputs, { layer }: Sae) => `${modelName}, layer ${layer}`;

async function writeTokenizer(model: string, folder: string): Promise<ExplorerFile> {
  const { paths, ...parts } = await readTokenizerFiles(model);
  const text = JSON.stringify(parts);
  await writeFileAtomic(join(folder, 'tokenizer'), text);
  return nameByContent(folder, 'tokenizer', 'json');
}

async function writeTensors(
  { folder, isLossless }: Target,
  stem: string,
  tensors: Record<string, FloatTensor>,
): Promise<ExplorerFile> {
  await writeSafetensors(join(folder, stem), tensors, { dtype: (tensor) => storedFormat(tensor, isLossless) });
  return nameByContent(folder, stem, 'safetensors');
}

async function nameByContent(folder: string, stem: string, extension: string): Promise<ExplorerFile> {
  const written = join(folder, stem);
  const path = `${stem}-${(await sha256File(written)).slice(0, 16)}.${extension}`;
  const { size: bytes } = await stat(written);
  await renamePath(written, join(folder, path));
  return { path, bytes };
}
