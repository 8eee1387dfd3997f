import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { backendNames } from '../../pipeline/engine/program.ts';
import { run } from '../../pipeline/run.ts';

export interface ExpectedFeature {
  readonly count: number;
  readonly max: number;
  readonly mean_active: number;
  readonly head_weights: readonly number[];
  readonly top_logit_ids: readonly number[];
  readonly bottom_logit_ids: readonly number[];
  readonly top_logit: number;
  /** [context, position, activation] */
  readonly top?: readonly (readonly [number, number, number])[];
  readonly dfa_source?: readonly number[];
  readonly dfa_head?: readonly number[];
  readonly constant?: number;
  /** First-level recursive attribution of the first example, of layer 1's features. */
  readonly rdfa?: {
    readonly context: number;
    readonly position: number;
    readonly parts: Readonly<Record<string, number>>;
    readonly ln_and_value_bias: number;
    /** [feature of layer 0, attribution], the ten of largest magnitude. */
    readonly upstream_features: readonly (readonly [number, number])[];
  };
}

/** What the float64 reference (tests/fixtures/reference/oracle.py) computed. */
export interface Expected {
  readonly tokens_seen: number;
  readonly contexts: number;
  readonly ce_clean: number;
  readonly first_tokens: readonly number[];
  readonly layers: readonly {
    readonly l0: number;
    readonly ce_sae: number;
    readonly ce_zero: number;
    readonly loss_recovered: number;
    readonly explained_variance: number;
    readonly features: readonly ExpectedFeature[];
  }[];
}

export const referenceSeeds = [7, 11] as const;

export const folderOf = (seed: number) =>
  fileURLToPath(new URL(`../fixtures/reference/seed-${seed}/`, import.meta.url));

export async function expectedOf(seed: number): Promise<Expected> {
  return JSON.parse(await readFile(join(folderOf(seed), 'expected.json'), 'utf8'));
}

/** The settings that run the reference's model on its corpus, without studies unless told. */
export function referenceConfig(seed: number, out: string, settings: Partial<RunConfig> = {}): RunConfig {
  const folder = folderOf(seed);
  const paths = {
    model: join(folder, 'model'),
    saes: join(folder, 'saes'),
    corpus: [join(folder, 'corpus.jsonl')],
    out,
  };
  return runSchema.parse({ ...paths, context: 24, studies: [], ...settings });
}

/** What computes the reference cases, where a backend other than the best one is tested. */
const backend = backendNames.find((name) => name === process.env.ATLAS_TEST_BACKEND);

/** Runs the pipeline on a reference case into a new folder, and returns the folder. */
export async function runReference(seed: number, settings: Partial<RunConfig> = {}): Promise<string> {
  const out = await temporaryFolder();
  await run(referenceConfig(seed, out, { backend, ...settings }), silentEffects());
  return out;
}

const made: string[] = [];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-run-'));
  made.push(folder);
  return folder;
}

export async function removeTemporaryFolders(): Promise<void> {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
