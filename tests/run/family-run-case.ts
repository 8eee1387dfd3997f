import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { readModelConfig } from '../../pipeline/files/model/model-dir.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { checkpointFrom } from '../../pipeline/model/family.ts';
import type { ModelConfig } from '../../pipeline/model/model.ts';
import { tensorShapes } from '../../pipeline/model/tensors.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../../pipeline/numbers/tensor.ts';
import type { Site } from '../../pipeline/sae/site.ts';
import { familyFolder } from '../model/family-cases.ts';
import { plantedNames } from './ioi-case.ts';
import type { NamesTokenizer } from './names-tokenizers.ts';
import { temporaryFolder } from './reference-case.ts';
import { writeSaeFolder } from './site-case.ts';

export interface FamilyRun {
  /** Whose config.json it has, of tests/fixtures/families. */
  readonly fixture: string;
  readonly tokenizer: NamesTokenizer;
  /** Fields of config.json that are others here. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Of each layer that has an SAE. */
  readonly sites: ReadonlyMap<number, Site>;
  readonly settings?: Partial<RunConfig>;
}

export const dSae = 24;
/** Longer than a prompt of the study of indirect objects in characters. */
const context = 320;

/** A random model of a fixture's conventions with a tokenizer that names people, ReLU SAEs and a text, in a folder of their own. */
export async function familyRun({ fixture, tokenizer, fields, sites, settings }: FamilyRun): Promise<RunConfig> {
  const folder = await temporaryFolder();
  const paths = { model: join(folder, 'model'), saes: join(folder, 'saes'), out: join(folder, 'out') };
  await mkdir(paths.model);
  const known = JSON.parse(await readFile(join(familyFolder(fixture), 'config.json'), 'utf8'));
  const sizes =
    'd_vocab' in known
      ? { d_vocab: tokenizer.size, n_ctx: context }
      : { vocab_size: tokenizer.size, max_position_embeddings: context };
  await writeFile(join(paths.model, 'config.json'), JSON.stringify({ ...known, ...sizes, ...fields }));
  for (const [file, text] of Object.entries(tokenizer.files)) await writeFile(join(paths.model, file), text);
  const { family, config } = await readModelConfig(paths.model);
  const weights = randomWeights(config);
  await writeSafetensors(join(paths.model, 'model.safetensors'), checkpointFrom(family, config, weights));
  for (const [layer, site] of sites)
    await writeSaeFolder(join(paths.saes, `l${layer}`), randomSae(config, layer, site));
  const corpus = join(folder, 'corpus.jsonl');
  await writeFile(corpus, documents(24).join(''));
  const small = { context: 24, threads: 1, upstreamExamples: 2, familyExamples: 1, qualityTokens: 400 };
  return runSchema.parse({ ...paths, corpus: [corpus], studies: ['ioi'], ...small, ...settings });
}

/** No gain is 1, no bias 0, and attention is sharp. */
function randomWeights(config: ModelConfig): Record<string, FloatTensor> {
  const random = seededRandom(12);
  return Object.fromEntries(
    Object.entries(tensorShapes(config)).map(([name, shape]) => {
      const isEmbedding = name.startsWith('embedding');
      const offset = name.endsWith('.gain') ? 1 : 0;
      const scale = shape.length === 1 ? 1 : isEmbedding ? 2 : 4 / Math.sqrt(shape[0] ?? 1);
      return [name, filled(shape, random, scale, offset)];
    }),
  );
}

function filled(shape: Shape, random: () => number, scale: number, offset = 0): FloatTensor {
  const tensor = float32(shape);
  for (let i = 0; i < sizeOf(shape); i++) tensor.data[i] = offset + (random() - 0.5) * scale;
  return tensor;
}

function randomSae({ nHeads, dHead, dModel }: ModelConfig, layer: number, site: Site) {
  const random = seededRandom(200 + layer);
  const dIn = site === 'z' ? nHeads * dHead : dModel;
  return {
    ...{ id: String(layer), layer, site, dIn, dSae, activation: { kind: 'relu' as const }, source: 'random' },
    subtractDecoderBias: layer % 2 === 0,
    wEnc: filled([dIn, dSae], random, 1),
    bEnc: filled([dSae], random, 0.5),
    wDec: filled([dSae, dIn], random, 1),
    bDec: filled([dIn], random, 0.3),
  };
}

function documents(count: number): string[] {
  const random = seededRandom(8);
  const words = [...plantedNames, 'and', 'alongside', 'saw', 'it', 'of'];
  const text = () => Array.from({ length: 30 }, () => words[Math.floor(random() * words.length)]).join(' ');
  return Array.from({ length: count }, () => `${JSON.stringify({ text: text() })}\n`);
}
