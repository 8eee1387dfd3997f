import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureIndexRow } from '../pipeline/tables/feature-index.ts';
import type { FeatureNameRow } from '../pipeline/tables/feature-names.ts';
import { writeSearchIndex } from '../site/search/index.ts';
import { type Random, seededRandom } from './synthetic/random.ts';

const LAYERS = 12;
const FEATURES = 24_576;
const HEADS = 12;
const VOCABULARY = 50_257;
const TOKENS = 10_000_000;
const FAMILIES = ['induction', 'previous token', 'local context', 'BOS', 'duplicate token', null];

/** Bytes of the search index at GPT-2 Small's full size, of seeded random features with the spreads that real ones have. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-search-'));
  const random = seededRandom(0);
  const layers = Array.from({ length: LAYERS }, (_, layer) => ({ sae: String(layer), layer }));
  const startMs = performance.now();
  await writeSearchIndex(
    {
      saes: async () => layers,
      featureIndexRows: async () => Array.from({ length: FEATURES }, (_, feature) => featureRow(random, feature)),
      vocabulary: async () =>
        Array.from({ length: VOCABULARY }, (_, id) => ({
          ...{ token_id: id, token: ` t${id.toString(36)}`, bytes: new Uint8Array() },
        })),
      featureNames: async (wanted) =>
        [...wanted.keys()].flatMap((sae) =>
          Array.from({ length: FEATURES }, (_, feature) => nameRow(random, sae, feature)),
        ),
    },
    folder,
  );
  const seconds = (performance.now() - startMs) / 1000;
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const kind = /^\d+\.bin$/.test(entry.name) ? 'words/N.bin' : entry.name.replace(/-\d+/, '');
    sizes.set(kind, (sizes.get(kind) ?? 0) + statSync(join(entry.parentPath, entry.name)).size);
  }
  for (const [kind, bytes] of sizes) {
    const each = bytes / (LAYERS * FEATURES);
    console.log(
      `${kind.padEnd(20)} ${(bytes / 1e3).toFixed(0).padStart(8)} kB  ${each.toFixed(2).padStart(6)} a feature`,
    );
  }
  console.log(`written in ${seconds.toFixed(1)} s`);
  rmSync(folder, { recursive: true });
}

function featureRow(random: Random, feature: number): FeatureIndexRow {
  const count = random.unit() < 0.1 ? 0 : Math.ceil(10 ** (2 + normal(random)));
  const token = () => Math.floor(VOCABULARY * random.unit() ** 3);
  const tokens = () => Int32Array.from({ length: 10 }, token);
  const effects = () =>
    Float32Array.from({ length: 10 }, () => Math.exp(0.5 * normal(random)))
      .sort()
      .reverse();
  return {
    ...{ feature, count, density: count / TOKENS, mean_active: 1 },
    max_activation: count === 0 ? 0 : Math.exp(0.5 * normal(random)),
    top_head: random.below(HEADS),
    top_head_weight: 0.1 + 0.6 * random.unit() ** 2,
    family: FAMILIES[Math.floor(FAMILIES.length * random.unit() ** 2)] ?? null,
    ...{ promoted: tokens(), suppressed: tokens(), activating: tokens() },
    ...{ promoted_effect: effects(), suppressed_effect: effects() },
  };
}

/** A summary of about the length that summaries have. */
function nameRow(random: Random, sae: string, feature: number): FeatureNameRow {
  const token = () => `\`t${Math.floor(VOCABULARY * random.unit() ** 3).toString(36)}\``;
  const summary = `reads ${token()} after an earlier ${token()}: induction; promotes ${token()} ${token()} ${token()}`;
  return { sae, feature, label: null, score: null, score_low: null, score_high: null, score_kind: null, summary };
}

/** About normal: the sum of twelve uniform numbers less its mean. */
const normal = (random: Random): number => Array.from({ length: 12 }, () => random.unit()).reduce((a, b) => a + b) - 6;

await main();
