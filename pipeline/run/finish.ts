import { join } from 'node:path';
import { type RunConfig, runSchema } from '../commands/run.ts';
import { settingsWhere } from '../config/settings-where.ts';
import type { Effects } from '../effects.ts';
import { writeJsonAtomic } from '../files/atomic.ts';
import { removeWeightFiles } from '../files/weight-files.ts';
import type { ChecksCost } from '../measures/families/checks/job.ts';
import type { CutsCost, FeatureCounts } from '../measures/statistics/tables.ts';
import type { StudiesCost } from '../measures/studies/run-studies.ts';
import type { UpstreamCost } from '../measures/upstream/upstream.ts';
import type { Budget } from '../record/budget.ts';
import type { RunInputs } from '../record/inputs.ts';
import { writeLocalInputs } from '../record/local-inputs.ts';
import type { PackedCorpus } from '../record/pack-corpus.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type RunSamples, recordSamples } from '../record/run-samples.ts';
import { fingerprintOf } from '../record/start-run.ts';
import { version } from '../record/version.ts';
import type { Workspace } from '../record/workspace.ts';

interface SpentBudget {
  readonly budget: Budget;
  readonly cuts: CutsCost;
  readonly checks: ChecksCost;
  readonly upstream: UpstreamCost;
  readonly studies: StudiesCost;
}

export interface FinishJob {
  readonly settings: RunConfig;
  readonly inputs: RunInputs;
  readonly packed: PackedCorpus;
  /** Contexts that were recorded in the seconds that timings give for it: fewer than all where a run was resumed. */
  readonly recordedHere: number;
  readonly samples: RunSamples;
  readonly workspace: Workspace;
  readonly counts: FeatureCounts;
  /** What was spent of a budget, where there is one. */
  readonly spent: SpentBudget | undefined;
  readonly timings: Readonly<Record<string, number>>;
  readonly effects: Effects;
}

/** Writes run.json, which says that the run is whole, and clears the workspace. */
export async function finish({
  settings,
  inputs,
  packed,
  recordedHere,
  samples,
  workspace,
  counts,
  spent,
  timings,
  effects,
}: FinishJob): Promise<void> {
  const { contexts, documents, files } = packed;
  const tokens = contexts.count * (contexts.length - 1);
  const { model, identities } = inputs;
  const record: RunRecord = {
    version,
    fingerprint: fingerprintOf(settings, inputs),
    config: {
      ...settingsWhere(runSchema, settings, ({ kind }) => kind !== 'path'),
      context: inputs.contextLength,
      bos: inputs.hasBos ? 'yes' : 'no',
    },
    model: { name: inputs.modelName, ...model.config, ...identities.model },
    tokenizer: { ...identities.tokenizer, vocabSize: inputs.tokenizer.vocabSize },
    saes: [...identities.saes],
    corpus: packedFiles(inputs, packed),
    counts: {
      ...{ files: files.length, filesGiven: inputs.corpus.length, documents, tokens },
      ...{ contexts: contexts.count, ...counts },
      ...(packed.dropped && { documentsDropped: packed.dropped.documents, tokensDropped: packed.dropped.tokens }),
    },
    ...(spent && { budget: spentRecord(spent) }),
    samples: recordSamples(samples),
    timings: { ...timings },
    versions: { node: process.version },
    completedAt: new Date().toISOString(),
  };
  await writeLocalInputs(settings.out, settings);
  await writeJsonAtomic(join(settings.out, 'run.json'), record);
  await workspace.remove();
  await inputs.release();
  await removeWeightFiles(settings.out);
  if (spent) effects.log(spentLine(spent));
  const rate = Math.round((recordedHere * (contexts.length - 1)) / timings.activations);
  const pace = recordedHere > 0 ? ` (${rate} tokens/s)` : '';
  effects.log(`${settings.out}: ${counts.alive} of ${counts.features} features alive on ${tokens} tokens${pace}`);
}

const spentRecord = ({ budget, cuts, upstream, checks, studies }: SpentBudget): RunRecord['budget'] => ({
  tokens: budget.tokens,
  contextCuts: { tokens: cuts.tokens, featuresCutShort: cuts.cutShort },
  upstream,
  familyChecks: checks,
  studies,
});

function spentLine({ budget, cuts, upstream, checks, studies }: SpentBudget): string {
  const spent = `${cuts.tokens + upstream.tokens + checks.tokens + studies.tokens} of ${budget.tokens} forward tokens`;
  const without = `${cuts.cutShort} features without some of their cuts, ${upstream.examplesWithout} examples not taken apart`;
  return `budget: ${spent}; ${without}, families checked on random tokens of ${checks.contexts} contexts`;
}

/** The corpus files that something was packed of, with what that was. */
function packedFiles({ corpus }: RunInputs, { files }: PackedCorpus): RunRecord['corpus'] {
  const totals = new Map(files.map((packed) => [packed.file, packed]));
  return corpus.flatMap(({ file, format, bytes, sha256 }) => {
    const packed = totals.get(file);
    return packed ? [{ file, format, bytes, sha256, documents: packed.documents, tokens: packed.tokens }] : [];
  });
}
