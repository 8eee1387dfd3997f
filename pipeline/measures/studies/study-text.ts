import type { StudyConfig } from '../../commands/study.ts';
import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { type ContextFile, openContexts, writeContexts } from '../../record/context-file.ts';
import { packCorpus } from '../../record/pack-corpus.ts';
import { openRun } from '../../tables/reader.ts';
import { catalogue } from './catalogue.ts';
import type { Scratch } from './scratch.ts';
import type { StudyInputs } from './study-inputs.ts';

/** A study's text: that of the run at OUT, else the corpus, packed; nothing where the study can do without. */
export async function openStudyText(
  config: StudyConfig,
  inputs: StudyInputs,
  scratch: Scratch,
  effects: Effects,
): Promise<ContextFile | undefined> {
  const { study, out, corpus, tokens } = config;
  if (inputs.run) {
    const path = scratch.path('contexts.bin');
    await writeContexts(path, contextsOf(out, inputs.run.counts.contexts), () => {});
    effects.log(`text: the ${inputs.run.counts.contexts} contexts of the run in ${out}`);
    return openContexts(path, inputs.contextLength);
  }
  if (corpus) {
    const packed = await packCorpus({ config: { corpus, tokens }, inputs, workspace: scratch, effects });
    return packed.contexts;
  }
  if (catalogue[study].needs.includes('corpus')) {
    throw new UserError(`missing --corpus PATH… of study ${study}, expected text or an --out that holds a run`);
  }
  return undefined;
}

const contextsAtOnce = 1024;

async function* contextsOf(out: string, count: number): AsyncGenerator<Int32Array> {
  const reader = await openRun(out);
  try {
    for (let first = 0; first < count; first += contextsAtOnce) {
      for (const { token_ids } of await reader.contexts(first, first + contextsAtOnce)) yield token_ids;
    }
  } finally {
    reader.close();
  }
}
