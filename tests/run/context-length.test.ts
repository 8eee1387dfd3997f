import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import type { FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointShapes } from '../../pipeline/model/family.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { folderOf, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

const bos = 256;
const [heads, dModel, dSae] = [2, 8, 12];
/** Active on every token, in equal measure. */
const constantFeature = 0;
/** Those that take their length from the model; the study of families has models of its own. */
const studies = ['induction', 'ioi'];

afterAll(removeTemporaryFolders);

/** A random model of two layers for contexts of up to `nContext` bytes, its SAEs, and text of a few words. */
async function tinyCase(nContext: number, context: number, documents: number): Promise<RunConfig> {
  const folder = await temporaryFolder();
  const paths = { model: join(folder, 'model'), saes: join(folder, 'saes'), out: join(folder, 'out') };
  await mkdir(paths.model, { recursive: true });
  const json = {
    ...{ model_type: 'gpt2', n_layer: 2, n_head: heads, n_embd: dModel, n_inner: 4 * dModel },
    ...{ n_positions: nContext, vocab_size: bos + 1, bos_token_id: bos, eos_token_id: bos },
  };
  const random = seededRandom(nContext);
  const noise = (shape: readonly number[], scale: number) => {
    const tensor = float32(shape);
    tensor.data.forEach((_, i) => {
      tensor.data[i] = scale * (2 * random() - 1);
    });
    return tensor;
  };
  await writeFile(join(paths.model, 'config.json'), JSON.stringify(json));
  for (const file of ['vocab.json', 'merges.txt']) {
    await writeFile(join(paths.model, file), await readFile(join(folderOf(7), 'model', file)));
  }
  const shapes = Object.entries(checkpointShapes(gpt2, gpt2.parseConfig(json, 'config.json')));
  const tensors = shapes.map(([name, shape]) => [name, noise(shape, 0.8)] as const);
  await writeSafetensors(join(paths.model, 'model.safetensors'), Object.fromEntries(tensors));
  for (const layer of [0, 1]) {
    const own = join(paths.saes, `l${layer}`);
    await mkdir(own, { recursive: true });
    const hook = { hook_name: `blocks.${layer}.attn.hook_z`, hook_layer: layer, d_in: dModel, d_sae: dSae };
    await writeFile(join(own, 'cfg.json'), JSON.stringify(hook));
    const [wEnc, bEnc] = [noise([dModel, dSae], 2), noise([dSae], 0.3)];
    for (let d = 0; d < dModel; d++) wEnc.data[d * dSae + constantFeature] = 0;
    bEnc.data[constantFeature] = 1;
    const sae = { W_enc: wEnc, b_enc: bEnc, W_dec: noise([dSae, dModel], 0.5), b_dec: noise([dModel], 0.1) };
    await writeSafetensors(join(own, 'sae_weights.safetensors'), sae);
  }
  const words = ['red', 'cat', 'sat', 'on', 'a', 'mat', 'and', 'then', 'two', 'dogs'];
  const text = () => Array.from({ length: 60 }, () => words[Math.floor(random() * words.length)]).join(' ');
  const lines = Array.from({ length: documents }, () => `${JSON.stringify({ text: text() })}\n`);
  await writeFile(join(folder, 'corpus.jsonl'), lines.join(''));
  return runSchema.parse({ ...paths, corpus: [join(folder, 'corpus.jsonl')], context, threads: 1, studies });
}

async function measured(config: RunConfig): Promise<{ reader: RunReader; features: FeatureRow[] }> {
  await run(config, silentEffects());
  const reader = await openRun(config.out);
  const features = await Promise.all([0, 1].map((layer) => reader.features(String(layer), 0, dSae)));
  return { reader, features: features.flat() };
}

describe.each([
  { nContext: 5, context: 5, documents: 3 },
  { nContext: 64, context: 5, documents: 3 },
  { nContext: 2048, context: 2048, documents: 24 },
])('a run with contexts of $context tokens of a model that has $nContext', ({ nContext, context, documents }) => {
  let reader: RunReader;
  let features: FeatureRow[];
  beforeAll(async () => {
    ({ reader, features } = await measured(await tinyCase(nContext, context, documents)));
  }, 120_000);
  afterAll(() => reader?.close());

  it('works from end to end, studies included, and every number is finite', async () => {
    const contexts = await reader.contexts(0, 10);
    expect(contexts[0]?.token_ids).toHaveLength(context);

    for (const row of await reader.saes()) {
      for (const value of Object.values(row)) if (typeof value === 'number') expect(value).toSatisfy(Number.isFinite);
    }
    expect(features.filter((row) => row.family_scores !== null).length).toBeGreaterThan(10);
    for (const row of features) {
      for (const [name, value] of Object.entries(row.family_scores ?? {})) {
        if (value === null) continue;
        expect(value, name).toBeGreaterThanOrEqual(0);
        if (!name.startsWith('logit')) expect(value, name).toBeLessThanOrEqual(1 + 1e-6);
      }
      expect(row.context_curve?.length ?? 0).toBeLessThanOrEqual(context === 5 ? 2 : 7);
    }
    const all = await reader.heads();
    expect(all).toHaveLength(2 * heads);
    for (const { attention, attention_by_chance } of all) {
      expect(attention?.induction_on_repeats !== null).toBe(nContext > 6);
      for (const value of Object.values({ ...attention })) expect(value ?? 0).toSatisfy(Number.isFinite);
      expect(attention?.previous_token_on_text).toBeLessThanOrEqual(1);
      const even = Array.from({ length: context - 2 }, (_, i) => 1 / (i + 3)).reduce((a, b) => a + b) / (context - 2);
      expect(attention_by_chance?.previous_token_on_text).toBeCloseTo(even, 5);
    }
  });

  it('finds that what is active on every token is nowhere in particular', () => {
    for (const layer of [0, 1]) {
      const row = features[layer * dSae + constantFeature];
      expect(row?.density).toBe(1);
      expect(row?.family).not.toBe('positional');
      expect(row?.family_scores?.positional).toBe(0);
    }
  });
});

test('a feature that four tokens cannot tell from a local one is not called local, nor high-level', async () => {
  const { reader, features } = await measured({ ...(await tinyCase(5, 5, 3)), studies: [], upstreamExamples: 0 });
  const unsettled = features.filter(({ context_curve }) => {
    const [before, last] = [...(context_curve ?? [])].slice(-2);
    return last !== undefined && !(before >= 0.9 && last >= 0.9);
  });
  expect(unsettled.length).toBeGreaterThan(3);
  for (const row of unsettled) {
    expect(row.family_scores?.local_context).toBeNull();
    expect(['local context', 'high-level context']).not.toContain(row.family);
  }
  reader.close();
});
