import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../../pipeline/errors/user-error.ts';
import { loadModel } from '../../../../pipeline/files/model/model-dir.ts';
import { writeSafetensors } from '../../../../pipeline/files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../../../../pipeline/model/families/gpt2.ts';
import { checkpointShapes } from '../../../../pipeline/model/family.ts';
import type { Model } from '../../../../pipeline/model/model.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../../../../pipeline/numbers/tensor.ts';
import { type ExplorerTables, writeExplorerFiles } from '../../../../pipeline/publish/explorer/write-files.ts';
import { type FoldedBias, foldModel } from '../../../../pipeline/sae/folded-bias.ts';
import { listSaes, loadSae } from '../../../../pipeline/sae/formats/sae-dir.ts';
import { type InputNormalization, inputNormalizations } from '../../../../pipeline/sae/input-normalization.ts';
import type { Sae, SaeActivation } from '../../../../pipeline/sae/sae.ts';
import type { Platform } from '../../../../site/explorer/engine/open-site.ts';
import { temporaryFolder } from '../../../files/temporary-folder.ts';
import { endOfText, tokenizerJson } from '../../../files/tiny-tokenizer.ts';
import { featureRow } from '../../test-env.ts';

/** A kind of SAE; those named by a normalization are standard ones that scale their input. */
type TinyKind = SaeActivation['kind'] | 'gated' | InputNormalization;

export interface TinyShape {
  /** What SAEs each layer has, each after the first a little wider; there are as many layers. */
  readonly saes: readonly (TinyKind | null | readonly TinyKind[])[];
  readonly activation?: 'gelu_new' | 'gelu' | 'relu';
  /** What of the model's biases every layer's SAE is without. */
  readonly folded?: FoldedBias;
  /** Rows of the embedding past those that the tokenizer names. */
  readonly padding?: number;
}

export interface TinySite {
  readonly folder: string;
  /** Folded as published. */
  readonly model: Model;
  readonly saes: readonly Sae[];
}

const [nHeads, dModel, dSae, context] = [2, 8, 24, 12];
export const tinyContext = context;

/** Mean activation 0.5·0.5 of every feature, and a mean z. */
export const tinyMean = 0.25;
export const tinyMeanZ = Float32Array.from({ length: dModel }, (_, d) => d / 8 - 0.4);

/** A random model with SAEs, every weight of it a multiple of 1/256, published for the explorer. */
export async function tinySite({
  saes,
  activation = 'gelu_new',
  folded = 'none',
  padding = 0,
}: TinyShape): Promise<TinySite> {
  const own = tinySaes(saes);
  const root = await temporaryFolder({
    'model/config.json': configJson(saes.length, activation, padding),
    'model/tokenizer.json': tokenizerJson,
    ...Object.fromEntries(own.map(({ folder, seed: _, ...sae }) => [`saes/${folder}/cfg.json`, saeJson(sae)])),
  });
  const shapes = checkpointShapes(gpt2, gpt2.parseConfig(configJson(saes.length, activation, padding), 'tiny'));
  await writeSafetensors(join(root, 'model/model.safetensors'), randomTensors(1, shapes));
  for (const { folder, seed, ...sae } of own)
    await writeSafetensors(join(root, `saes/${folder}/sae_weights.safetensors`), randomTensors(seed, saeShapes(sae)));
  const [model, sources] = [join(root, 'model'), await listSaes(join(root, 'saes'))];
  const folder = join(root, 'explorer');
  await mkdir(folder);
  const folds = new Map(sources.map(({ layer }) => [layer, folded] as const));
  await writeExplorerFiles({ modelName: 'tiny', model, saes: sources, folds, context }, tables(saes.length), {
    folder,
    isLossless: true,
  });
  return {
    folder,
    model: foldModel(await loadModel(model), folds),
    saes: await Promise.all(sources.map(loadSae)),
  };
}

interface TinySae {
  readonly kind: TinyKind;
  readonly layer: number;
  readonly dSae: number;
}

function tinySaes(saes: TinyShape['saes']): (TinySae & { readonly folder: string; readonly seed: number })[] {
  return saes.flatMap((given, layer) => {
    const kinds = typeof given === 'string' ? [given] : (given ?? []);
    return kinds.map((kind, i) => ({
      ...{ kind, layer, dSae: dSae + 8 * i, seed: 2 + layer + 100 * i },
      folder: i === 0 ? `${layer}` : `${layer}-wider-${i}`,
    }));
  });
}

/** Reads a published folder as a browser would fetch it; `missing` says which files do not come. */
export function platformOf(folder: string, missing: (path: string) => boolean = () => false): Platform {
  return {
    backend: async () => 'wasm',
    files: () => ({
      manifest: async () => JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')),
      async fetch({ path }, onBytes) {
        if (missing(path)) throw new UserError(`${path} did not come: the host answered 404`);
        const bytes = new Uint8Array(await readFile(join(folder, path)));
        onBytes(bytes.length);
        return bytes;
      },
      isKept: async () => false,
      forgetOthers: async () => {},
    }),
    now: () => 0,
  };
}

const tables = (layers: number): ExplorerTables => ({
  async features(sae, from, to) {
    const length = Math.max(0, Math.min(to, dSae) - from);
    return Array.from({ length }, (_, i) =>
      featureRow({ layer: Number.parseInt(sae, 10), feature: from + i, mean_active: 0.5, density: 0.5 }),
    );
  },
  zMeans: async () => Array.from({ length: layers }, (_, layer) => ({ layer, mean_z: tinyMeanZ })),
});

const configJson = (layers: number, activation: string, padding: number) => ({
  model_type: 'gpt2',
  ...{ n_layer: layers, n_head: nHeads, n_embd: dModel, n_positions: 16, vocab_size: endOfText + 1 + padding },
  ...{ bos_token_id: endOfText, eos_token_id: endOfText, activation_function: activation },
});

const architectureNames = { relu: 'standard', jumprelu: 'jumprelu', topk: 'topk', gated: 'gated' } as const;

const isNormalization = (kind: TinyKind): kind is InputNormalization =>
  inputNormalizations.some((known) => known === kind);

const saeJson = ({ kind, layer, dSae: width }: TinySae) => ({
  ...(isNormalization(kind) ? { normalize_activations: kind } : { architecture: architectureNames[kind] }),
  ...{ d_in: dModel, d_sae: width, hook_name: `blocks.${layer}.attn.hook_z`, apply_b_dec_to_input: layer % 2 === 0 },
  ...(kind === 'topk' ? { k: 5 } : {}),
});

const saeShapes = ({ kind, dSae: width }: TinySae): Record<string, Shape> => ({
  ...{ W_enc: [dModel, width], W_dec: [width, dModel], b_dec: [dModel] },
  ...(kind === 'gated' ? { b_gate: [width], r_mag: [width], b_mag: [width] } : { b_enc: [width] }),
  ...(kind === 'jumprelu' ? { threshold: [width] } : {}),
});

function randomTensors(seed: number, shapes: Readonly<Record<string, Shape>>): Record<string, FloatTensor> {
  const random = seededRandom(seed);
  const filled = ([name, shape]: [string, Shape]) => {
    const offset = /ln_..weight/.test(name) ? 1 : 0;
    const data = Float32Array.from({ length: sizeOf(shape) }, () => offset + Math.round((random() - 0.5) * 300) / 256);
    return [name, float32(shape, data)] as const;
  };
  return Object.fromEntries(Object.entries(shapes).map(filled));
}
