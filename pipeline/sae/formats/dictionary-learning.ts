import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { readJsonFile } from '../../files/files.ts';
import { openTorchFile } from '../../files/torch/torch-file.ts';
import { type DictionaryKind, dictionaryKind, readDictionary } from './dictionary-weights.ts';
import { type HookPlace, placeOfHook } from './hook.ts';
import { checkK, parseConfig } from './parse-config.ts';
import { partsOf } from './path-parts.ts';
import { unprocessed } from './sae-processing.ts';
import type { Found, FoundSae, SaeFolder, SaeFormat } from './sae-source.ts';
import { trainedOn } from './sae-training.ts';
import { readable } from './unreadable.ts';

const weightsName = 'ae.pt';
const trainerFields = {
  dict_class: z.string().nullish(),
  k: z.int().positive().nullish(),
  layer: z.int().nonnegative().nullish(),
  lm_name: z.string().nullish(),
  submodule_name: z.string().nullish(),
};
const schema = z.looseObject({
  ...trainerFields,
  trainer: z.looseObject(trainerFields).nullish(),
  buffer: z
    .looseObject({ ctx_len: z.int().positive().nullish(), io: z.string().nullish(), remove_bos: z.boolean().nullish() })
    .nullish(),
});
type Config = z.infer<typeof schema>;

/**
 * dictionary_learning's ae.pt with config.json: six classes, each with its own bias convention.
 * Source: https://github.com/saprmarks/dictionary_learning
 */
export const dictionaryLearning: SaeFormat = {
  name: 'dictionary_learning',
  find: async (folder) => (folder.names.includes(weightsName) ? [await findIn(folder)] : []),
};

async function findIn({ path, root, names }: SaeFolder): Promise<Found> {
  const configPath = names.includes('config.json') ? join(path, 'config.json') : undefined;
  const cfg = parseConfig(schema, configPath === undefined ? {} : await readJsonFile(configPath), configPath ?? path);
  const trainer = { ...cfg, ...cfg.trainer };
  const submodule = trainer.submodule_name ?? undefined;
  const place = placeOf({ submodule, layer: trainer.layer ?? undefined, io: cfg.buffer?.io ?? undefined, path, root });
  if (typeof place === 'string') return { path, of: place };
  return readable({ path, layer: place.layer }, () => findAt(place, cfg, { path, configPath }));
}

interface Files {
  readonly path: string;
  readonly configPath: string | undefined;
}

async function findAt(place: HookPlace, cfg: Config, { path, configPath }: Files): Promise<FoundSae> {
  const trainer = { ...cfg, ...cfg.trainer };
  const weightsPath = join(path, weightsName);
  const shown = configPath ?? weightsPath;
  const { kind, dIn, dSae, ownK } = await peek(weightsPath, trainer.dict_class ?? undefined);
  const k = trainer.k ?? ownK;
  if (ownK !== undefined && k !== ownK) throw new UserError(`k is ${k}, but ${ownK} among the tensors (${shown})`);
  if (kind === 'AutoEncoderTopK' && k === undefined) throw new UserError(`missing k of a topk sae (${shown})`);
  if (k !== undefined) checkK(k, dSae, shown);
  const training = trainedOn(trainer.lm_name ?? undefined, cfg.buffer?.ctx_len ?? undefined, notesOf(cfg));
  const config = {
    ...place,
    dIn,
    dSae,
    processing: unprocessed('dictionary_learning runs the model as it is'),
    training,
  };
  return { config, configPath, weightsPath, read: (file) => readDictionary(kind, k, file) };
}

const notesOf = ({ buffer }: Config): string[] =>
  buffer?.remove_bos
    ? ['trained without position 0 (remove_bos); it counts in no statistic, but z is replaced there']
    : [];

/** What of a model an SAE is of, by its submodule's name or its folders': a place, or in words where it is none. */
function placeOf(named: {
  readonly submodule: string | undefined;
  readonly layer: number | undefined;
  readonly io: string | undefined;
  readonly path: string;
  readonly root: string;
}): HookPlace | string {
  const { submodule, io } = named;
  const suffix = io === 'in' ? '.input' : '';
  const exact = submodule === undefined ? undefined : placeOfHook(submodule) && placeOfHook(`${submodule}${suffix}`);
  if (exact && io !== 'in_and_out') return exact;
  const names = submodule === undefined ? foldersOf(named) : { inside: [submodule], above: [] };
  const words = [...names.inside, ...names.above];
  const word = words.find((part) => anySite.test(part));
  const layer = named.layer ?? layerOf(word === undefined ? [] : [word], names.inside, names.above);
  if (word === undefined)
    throw new UserError(`unknown site: expected a submodule_name such as attn_out (${named.path})`);
  if (layer === undefined) throw new UserError(`unknown layer: expected trainer.layer in config.json (${named.path})`);
  if (zSite.test(word) || (io === 'in' && projection.test(word))) return { layer, site: 'z' };
  if (io === 'in') return `the input of ${word}`;
  if (io === 'in_and_out') return `the input and output of ${word}`;
  if (normSite.test(word)) return { layer, site: 'attn_out', isNormOutput: true };
  if (attentionSite.test(word) && !insideAttention.test(word)) return { layer, site: 'attn_out', isModuleOutput: true };
  return `${word}${/\d/.test(word) ? '' : ` of layer ${layer}`}`;
}

/** The folders that may tell what an SAE is of, innermost first: those that it was found through, then those above. */
function foldersOf({ path, root }: Pick<SaeFolder, 'path' | 'root'>) {
  const inside = partsOf(relative(root, path)).reverse();
  return {
    inside,
    above: partsOf(resolve(root))
      .reverse()
      .slice(0, Math.max(4 - inside.length, 0)),
  };
}

/**
 * The layer that names tell. `layer_3` does so in any of them. `h.3`, `l3` and a bare `3` are a machine's or a user's
 * name as well (`h100`), so a group of names has the word only where those before it say nothing.
 */
function layerOf(...groups: readonly (readonly string[])[]): number | undefined {
  const told = (names: readonly string[], pattern: RegExp) =>
    names.map((name) => pattern.exec(name)?.[1]).find((digits) => digits !== undefined);
  const spelled = told(groups.flat(), /(?:layers?|blocks?)[._-]?(\d+)/i);
  const digits = groups.reduce<string | undefined>(
    (found, names) => found ?? told(names, /(?<![a-z\d])[hl][._-]?(\d+)(?![a-z\d])/i) ?? told(names, /^(\d+)(?:\.|$)/),
    spelled,
  );
  return digits === undefined ? undefined : Number(digits);
}
const anySite = /attn|attention|resid|mlp|embed|(?:^|[^a-z])z(?:[^a-z]|$)/i;
const attentionSite = /attn|attention/i;
const normSite = /post_attention_layernorm$|ln1_post/i;
/** Modules of attention, or beside it, that are no output of it. */
const insideAttention =
  /layer_?norm|(?:[qk]|attn)_norm|(?:^|[._])ln|[qkv]_proj|query|key|value|qkv|c_attn|hook_(?:[qkv]|rot|attn_scores|pattern)|(?:attn|attention)\.[qkv](?:\.|$)|rotary|dropout/i;
const projection = /o_proj|c_proj|dense|out_proj/i;
const zSite = /hook_z|(?:^|[^a-z])z(?:[^a-z]|$)|(?:o_proj|c_proj|dense|out_proj)[._]in(?:put)?/i;

/** The class of a file, its widths, and the k that a TopK keeps among its tensors. */
async function peek(path: string, dictClass: string | undefined) {
  const file = await openTorchFile(path);
  try {
    const kind: DictionaryKind = dictionaryKind(file, dictClass);
    const [rows = 0, columns = 0] = file.shapes.get('W_enc') ?? file.shapes.get('encoder.weight') ?? [];
    const [dIn, dSae] = file.shapes.has('W_enc') ? [rows, columns] : [columns, rows];
    const hasK = kind === 'AutoEncoderTopK' && file.shapes.has('k');
    return { kind, dIn, dSae, ownK: hasK ? await file.readInteger('k') : undefined };
  } finally {
    await file.close();
  }
}
