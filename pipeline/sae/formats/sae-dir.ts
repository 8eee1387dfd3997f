import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile, requireFolder } from '../../files/files.ts';
import { openNpz } from '../../files/npz/npz-file.ts';
import { openSafetensors } from '../../files/safetensors/safetensors.ts';
import type { TensorFile } from '../../files/tensor-file.ts';
import { openTorchFile } from '../../files/torch/torch-file.ts';
import type { ModelConfig } from '../../model/model.ts';
import { append } from '../../numbers/append.ts';
import type { Sae } from '../sae.ts';
import { foreign, refuseForeignFiles } from './foreign-format.ts';
import { parsePaperConfig, parseSaeLensConfig, type SaeConfig } from './sae-config.ts';
import { saeName } from './sae-name.ts';
import { readSaeWeights } from './sae-weights.ts';

/** An SAE on the disk: its config read, its weights not yet. */
export interface SaeSource {
  readonly layer: number;
  /** The folder that SAEs were looked for in. */
  readonly root: string;
  readonly config: SaeConfig;
  readonly configPath: string;
  readonly weightsPath: string;
}

/** Beside a cfg.json, the first of these that is there. */
const weightsNames = ['sae_weights.safetensors', 'sae_weights.npz', 'params.npz'] as const;

/**
 * The SAEs of a folder, by layer: the folder is one itself or holds one folder an SAE (SAELens's cfg.json and
 * sae_weights.safetensors, or the same tensors as .npz), or holds NAME.pt with NAME_cfg.json (the paper's release).
 * Throws UserError when there is none, or one that is no SAE of attention outputs.
 */
export async function listSaes(dir: string): Promise<SaeSource[]> {
  await requireFolder(dir, 'saes');
  const sources = await saesIn(dir, dir);
  for (const name of (await readdir(dir)).filter((entry) => !entry.startsWith('.')).sort()) {
    const path = join(dir, name);
    if ((await pathKind(path)) === 'folder') append(sources, await saesIn(path, dir));
  }
  if (sources.length === 0) {
    throw new UserError(
      `no sae found: expected folders with cfg.json and sae_weights.safetensors, or NAME.pt with NAME_cfg.json (${dir})`,
    );
  }
  return sources.sort((a, b) => a.layer - b.layer);
}

/** Of the listed SAEs those of the given layers, all unless given, checked against the model. */
export function selectSaes(sources: readonly SaeSource[], model: ModelConfig, layers?: readonly number[]): SaeSource[] {
  for (const layer of layers ?? []) {
    if (!sources.some((source) => source.layer === layer)) {
      const there = [...new Set(sources.map((source) => source.layer))].join(', ');
      throw new UserError(`no sae of layer ${layer}: there are saes of layers ${there}`);
    }
  }
  const selected = sources.filter(({ layer }) => layers === undefined || layers.includes(layer));
  selected.forEach((source, i) => {
    checkAgainstModel(source, model);
    const previous = selected[i - 1];
    if (previous?.layer === source.layer) {
      throw new UserError(`two saes of layer ${source.layer}: ${previous.weightsPath} and ${source.weightsPath}`);
    }
  });
  return selected;
}

/** Loads the SAEs of a folder for a model, by layer; all of its layers unless some are given. */
export async function loadSaes(dir: string, model: ModelConfig, layers?: readonly number[]): Promise<Sae[]> {
  const saes: Sae[] = [];
  for (const source of selectSaes(await listSaes(dir), model, layers)) saes.push(await loadSae(source));
  return saes;
}

/** Reads one SAE's weights. Throws UserError for a missing or wrong-shaped tensor, or one that is not finite. */
export async function loadSae(source: SaeSource): Promise<Sae> {
  const file = await openTensorFile(source.weightsPath);
  try {
    return { ...(await readSaeWeights(source.config, file)), source: saeName(source) };
  } finally {
    await file.close();
  }
}

function openTensorFile(path: string): Promise<TensorFile> {
  if (path.endsWith('.pt')) return openTorchFile(path);
  return path.endsWith('.npz') ? openNpz(path) : openSafetensors(path);
}

function checkAgainstModel({ layer, config, configPath }: SaeSource, model: ModelConfig): void {
  if (layer >= model.nLayers) {
    throw new UserError(`sae of layer ${layer}, expected a layer below ${model.nLayers} (${configPath})`);
  }
  const { nHeads, dHead, dModel } = model;
  const [expected, why] = config.site === 'z' ? [nHeads * dHead, `${nHeads} heads of ${dHead}`] : [dModel, 'd_model'];
  if (config.dIn !== expected) {
    throw new UserError(`d_in is ${config.dIn}, expected ${expected}: ${why} (${configPath})`);
  }
}

async function saesIn(dir: string, root: string): Promise<SaeSource[]> {
  const names = (await readdir(dir)).sort();
  refuseForeignFiles(names, dir);
  const sources: SaeSource[] = [];
  const weights = weightsNames.find((name) => names.includes(name));
  const hasConfig = names.includes('cfg.json');
  if (weights === 'params.npz' && !hasConfig) throw foreign('Gemma Scope', 'params.npz without cfg.json', dir);
  if (weights !== undefined && !hasConfig) throw new UserError(`missing file: cfg.json (${dir})`);
  if (hasConfig) {
    const configPath = join(dir, 'cfg.json');
    const json = await readJsonFile(configPath);
    const config = parseSaeLensConfig(json, configPath);
    if (weights === undefined) throw new UserError(`missing file: ${weightsNames[0]} (${dir})`);
    if (weights.endsWith('.npz')) requireBiasFlag(json, configPath);
    sources.push({ layer: config.layer, root, config, configPath, weightsPath: join(dir, weights) });
  }
  for (const name of names.filter((candidate) => candidate.endsWith('.pt'))) {
    const configName = name.replace(/\.pt$/, '_cfg.json');
    if (!names.includes(configName)) throw new UserError(`missing file: ${configName} of ${name} (${dir})`);
    const configPath = join(dir, configName);
    const config = parsePaperConfig(await readJsonFile(configPath), configPath);
    sources.push({ layer: config.layer, root, config, configPath, weightsPath: join(dir, name) });
  }
  return sources;
}

/** An .npz is most likely Gemma Scope's, whose SAEs do not subtract b_dec, which is what SAELens does unless told. */
function requireBiasFlag(json: unknown, path: string): void {
  const flag = typeof json === 'object' && json !== null && 'apply_b_dec_to_input' in json;
  if (flag) return;
  throw new UserError(
    `missing apply_b_dec_to_input beside an .npz, expected false for Gemma Scope's, true where b_dec is subtracted (${path})`,
  );
}
