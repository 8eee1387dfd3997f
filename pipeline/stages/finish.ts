import { join } from 'node:path';
import type { RunConfig } from '../config.ts';
import type { Effects } from '../effects.ts';
import { writeJsonAtomic } from '../io/atomic.ts';
import type { RunInputs } from './inputs.ts';
import type { PackedCorpus } from './pack-corpus.ts';
import { fingerprintOf } from './start-run.ts';
import type { FeatureCounts } from './tables.ts';
import { version } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface FinishJob {
  readonly settings: RunConfig;
  readonly inputs: RunInputs;
  readonly packed: PackedCorpus;
  readonly workspace: Workspace;
  readonly counts: FeatureCounts;
  readonly timings: Readonly<Record<string, number>>;
  readonly effects: Effects;
}

/** Writes run.json, which says that the run is whole, and clears the workspace. */
export async function finish({
  settings,
  inputs,
  packed,
  workspace,
  counts,
  timings,
  effects,
}: FinishJob): Promise<void> {
  const { contexts, documents } = packed;
  const tokens = contexts.count * (contexts.length - 1);
  const record = {
    version,
    fingerprint: fingerprintOf(settings, inputs),
    config: { ...settings, context: inputs.contextLength },
    model: { name: inputs.modelName, ...inputs.model.config, sha256: inputs.hashes.model },
    saes: inputs.hashes.saes,
    tokenizer: { sha256: inputs.hashes.tokenizer, vocabSize: inputs.tokenizer.vocabSize },
    corpus: inputs.corpus,
    counts: { documents, tokens, contexts: contexts.count, ...counts },
    timings,
    versions: { node: process.version },
    completedAt: new Date().toISOString(),
  };
  await writeJsonAtomic(join(settings.out, 'run.json'), record);
  await workspace.remove();
  const rate = Math.round(tokens / (timings.activations ?? Number.NaN));
  effects.log(
    `${settings.out}: ${counts.alive} of ${counts.features} features alive on ${tokens} tokens (${rate} tokens/s)`,
  );
}
