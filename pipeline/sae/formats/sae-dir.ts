import { readdir } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { shortened } from '../../errors/printable.ts';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, requireFolder } from '../../files/files.ts';
import { nameIn } from '../../files/name-in.ts';
import { openNpz } from '../../files/npz/npz-file.ts';
import { openSafetensors } from '../../files/safetensors/safetensors.ts';
import type { TensorFile } from '../../files/tensor-file.ts';
import { openTorchFile } from '../../files/torch/torch-file.ts';
import type { ModelConfig } from '../../model/model.ts';
import { append } from '../../numbers/append.ts';
import { requireLayers } from '../require-layers.ts';
import type { Sae } from '../sae.ts';
import { dictionaryLearning } from './dictionary-learning.ts';
import { gemmaScope } from './gemma-scope.ts';
import { gemmaScope2 } from './gemma-scope-2.ts';
import { llamaScope } from './llama-scope.ts';
import { paper } from './paper.ts';
import { saeIds } from './sae-ids.ts';
import { saeName } from './sae-name.ts';
import { type Found, type FoundSae, isLeftOut, type LeftOut, type SaeFolder, type SaeFormat } from './sae-source.ts';
import { saeLens } from './saelens.ts';
import { sparsify } from './sparsify.ts';
import { unread } from './unread.ts';
import { readable, type UnreadableSae } from './unreadable.ts';

/** An SAE that was found in a folder. */
export interface SaeSource extends FoundSae {
  /** What it is called among those that were found, or selected. */
  readonly id: string;
  readonly layer: number;
  /** The folder that SAEs were looked for in. */
  readonly root: string;
}

/** What a folder holds: SAEs by layer, and a line about those that are of something other than attention outputs. */
export interface FoundSaes {
  readonly sources: readonly SaeSource[];
  readonly unreadable: readonly UnreadableSae[];
  readonly notes: readonly string[];
}

/** The first that finds something in a folder has it; SAELens's and Gemma Scope's files may lie side by side. */
const formats: readonly SaeFormat[] = [
  ...[sparsify, dictionaryLearning, llamaScope, gemmaScope2, gemmaScope],
  ...[unread, saeLens, paper],
];

/** A release's tree is four folders deep at most; more would be somebody's whole disk. */
const maxDepth = 6;
const maxFolders = 20_000;

/**
 * Looks for SAEs of attention outputs in a folder and those within, whichever library wrote them.
 * Throws UserError where there is none that can be read.
 */
export async function findSaes(dir: string): Promise<FoundSaes> {
  await requireFolder(dir, 'saes');
  const found: Found[] = [];
  let folders = 0;
  const look = async (path: string, depth: number): Promise<void> => {
    if (++folders > maxFolders)
      throw new UserError(`more than ${maxFolders} folders, expected a folder of saes (${dir})`);
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
    append(found, await findIn({ path, root: dir, names }));
    if (depth === maxDepth) return;
    for (const name of names) {
      const inner = join(path, name);
      if ((await pathKind(inner)) === 'folder') await look(inner, depth + 1);
    }
  };
  await look(dir, 0);
  const leftOut = found.filter(isLeftOut);
  const unreadable = found.filter(isUnreadable);
  const sources = found.filter(isRead).map((sae) => ({ ...sae, layer: sae.config.layer, root: dir }));
  if (sources.length === 0) throw unreadable.at(0)?.error ?? noneOf(leftOut, dir);
  return { sources: identified(sources), unreadable, notes: notesOf(leftOut) };
}

const isRead = (found: Found): found is FoundSae => 'config' in found;
const isUnreadable = (found: Found): found is UnreadableSae => !isRead(found) && !isLeftOut(found);

/** The SAEs of a folder, by layer. Throws UserError where one of an attention output cannot be read. */
export async function listSaes(dir: string): Promise<SaeSource[]> {
  const { sources, unreadable } = await findSaes(dir);
  requireReadable(unreadable, dir);
  return [...sources];
}

/** What the first format that knows a folder finds in it. */
async function findIn(folder: SaeFolder): Promise<readonly Found[]> {
  for (const format of formats) {
    const found = await readable({ path: folder.path }, () => format.find(folder));
    if ('error' in found) return [found];
    if (found.length > 0) return found;
  }
  return [];
}

function noneOf(leftOut: readonly LeftOut[], dir: string): UserError {
  for (const { error } of leftOut) if (error) return error;
  if (leftOut.length === 0) {
    const expected = "those of SAELens, dictionary_learning, sparsify, Gemma Scope, Llama Scope or the paper's release";
    return new UserError(`no sae found: expected folders with an sae's files, ${expected} (${dir})`);
  }
  return new UserError(`no sae of an attention output: ${whatOf(leftOut)} (${dir})`);
}

/** A line about SAEs of other sites, and one about those that may be of attention outputs and cannot be read. */
function notesOf(leftOut: readonly LeftOut[]): string[] {
  const elsewhere = leftOut.filter(({ error }) => !error);
  const unreadable = leftOut.filter(({ error }) => error);
  const [first] = unreadable;
  return [
    ...(elsewhere.length === 0 ? [] : [`left out ${whatOf(elsewhere)}: not of attention outputs`]),
    ...(first?.error ? [`left out ${whatOf(unreadable)}: ${first.error.message}`] : []),
  ];
}

/** `3 saes of blocks.0.hook_resid_pre, blocks.1.hook_resid_pre and 1 more`. */
function whatOf(leftOut: readonly LeftOut[]): string {
  const sites = [...new Set(leftOut.map(({ of }) => of))];
  const shown = sites
    .slice(0, 3)
    .map((site) => shortened(site, 80))
    .join(', ');
  const more = sites.length > 3 ? ` and ${sites.length - 3} more` : '';
  return `${leftOut.length} sae${leftOut.length === 1 ? '' : 's'} of ${shown}${more}`;
}

/** Which of the SAEs that were found are wanted: all of them unless told. */
export interface SaeSelection {
  readonly layers?: readonly number[] | undefined;
  /** Globs over the SAEs' folders within the one that they were looked for in, and over their ids. */
  readonly select?: readonly string[] | undefined;
}

/** Throws the error of the first SAE that is selected and cannot be read; one whose layer is unknown is of any. */
export function requireReadable(
  unreadable: readonly UnreadableSae[],
  root: string,
  { layers, select }: SaeSelection = {},
): void {
  const chosen = unreadable.find(({ path, layer }) => {
    const folder = withoutRoot(nameIn('saes', root, path));
    const isOfLayers = layers === undefined || layer === undefined || layers.includes(layer);
    return isOfLayers && (select?.some((pattern) => matchesFolder(folder, pattern)) ?? true);
  });
  if (chosen) throw new UserError(`${chosen.error.message}; --select can leave it out`);
}

/** The selected SAEs, checked against the model, by layer and id; an id says what tells those selected apart. */
export function selectSaes(
  sources: readonly SaeSource[],
  model: ModelConfig,
  { layers, select }: SaeSelection = {},
): SaeSource[] {
  requireLayers(sources, layers);
  const ofLayers = sources.filter(({ layer }) => layers === undefined || layers.includes(layer));
  for (const pattern of select ?? []) {
    if (ofLayers.some((source) => isSelected(source, pattern))) continue;
    const examples = ofLayers.slice(0, 3).map((source) => `${folderOf(source)} (${source.id})`);
    throw new UserError(`no sae matches ${pattern}: there are ${ofLayers.length}, such as ${examples.join(', ')}`);
  }
  const selected = ofLayers.filter((source) => select?.some((pattern) => isSelected(source, pattern)) ?? true);
  for (const source of selected) checkAgainstModel(source, model);
  return identified(selected.map((source) => placedIn(source, model)));
}

/** An SAE where it stands in a model: an attention module's output is no attention output where a norm follows it. */
function placedIn(source: SaeSource, { postNorms }: ModelConfig): SaeSource {
  const { config } = source;
  return config.isModuleOutput && postNorms ? { ...source, config: { ...config, site: 'attn_module' } } : source;
}

/** A pattern may name a folder that SAEs lie in. */
function isSelected(source: SaeSource, pattern: string): boolean {
  return matchesGlob(source.id, pattern) || matchesFolder(folderOf(source), pattern);
}

function matchesFolder(folder: string, pattern: string): boolean {
  const bare = pattern.replace(/\/+$/, '');
  return matchesGlob(folder, bare) || matchesGlob(folder, `${bare}/**`);
}

/** An SAE's folder, or the file that it shares one by, within the folder that it was found in. */
const folderOf = (source: SaeSource): string => withoutRoot(saeName(source));
const withoutRoot = (name: string): string => name.replace(/^saes\/?/, '');

/** With the ids that tell some SAEs apart, by layer and id. */
function identified(sources: readonly Omit<SaeSource, 'id'>[]): SaeSource[] {
  const ids = saeIds(sources.map((source) => ({ ...source.config, name: saeName(source) })));
  return sources
    .map((source, i) => ({ ...source, id: ids[i] }))
    .toSorted((a, b) => a.layer - b.layer || compareText(a.id, b.id));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Loads the SAEs of a folder for a model, by layer; all of its layers unless some are given. */
export async function loadSaes(dir: string, model: ModelConfig, layers?: readonly number[]): Promise<Sae[]> {
  const saes: Sae[] = [];
  for (const source of selectSaes(await listSaes(dir), model, { layers })) saes.push(await loadSae(source));
  return saes;
}

/** Reads one SAE's weights. Throws UserError for a missing or wrong-shaped tensor, or one that is not finite. */
export async function loadSae(source: SaeSource): Promise<Sae> {
  const { layer, site } = source.config;
  const file = await openTensorFile(source.weightsPath);
  try {
    return { id: source.id, layer, site, ...(await source.read(file)), source: saeName(source) };
  } finally {
    await file.close();
  }
}

function openTensorFile(path: string): Promise<TensorFile> {
  if (path.endsWith('.pt')) return openTorchFile(path);
  return path.endsWith('.npz') ? openNpz(path) : openSafetensors(path);
}

function checkAgainstModel({ layer, config, configPath, weightsPath }: SaeSource, model: ModelConfig): void {
  const file = configPath ?? weightsPath;
  if (layer >= model.nLayers) {
    throw new UserError(`sae of layer ${layer}, expected a layer below ${model.nLayers} (${file})`);
  }
  if (config.isNormOutput && !model.postNorms) {
    throw new UserError(
      `sae of layer ${layer} reads the norm before the MLP, expected an attention output: --select leaves it out (${file})`,
    );
  }
  const { nHeads, dHead, dModel } = model;
  const [expected, why] = config.site === 'z' ? [nHeads * dHead, `${nHeads} heads of ${dHead}`] : [dModel, 'd_model'];
  if (config.dIn !== expected) {
    throw new UserError(`d_in is ${config.dIn}, expected ${expected}: ${why} (${file})`);
  }
}
