import type { LabelConfig } from '../../commands/label.ts';
import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { labelSupport } from '../../measures/labels/maths/label-support.ts';
import { append } from '../../numbers/append.ts';
import { openRun, type RunReader } from '../../tables/reader.ts';
import { type AddedLabel, addLabels } from '../add-labels.ts';
import { type LabelledSae, runSaes } from '../run-saes.ts';
import { readAnswers, writeAnswers } from './answers-table.ts';
import type { ChatRequest } from './chat.ts';
import { ChatFailure, chatClient } from './chat-client.ts';
import { chooseFeatures } from './choose-features.ts';
import { costSentence, estimateCost } from './cost.ts';
import type { Evidence } from './evidence.ts';
import { type Explained, type Explaining, explainFeature } from './explain-feature.ts';
import { type AnsweredPrompt, openJournal } from './journal.ts';
import { readEvidence } from './read-evidence.ts';

/** Features from whose prompts the cost is estimated. */
const sampled = 32;
/** Requests that come to nothing one after another, and end the command. */
const failuresInARow = 8;

/** A language model to ask, with every setting that --explain needs. */
export type ExplainConfig = LabelConfig & { readonly endpoint: string; readonly model: string };

/** Asks a language model for labels and their scores, and adds them to the run's. */
export async function explainLabels(config: ExplainConfig, effects: Effects, pauseMs = 1000): Promise<void> {
  const { run, style, score: isScored, seed, model, plan } = config;
  const key = apiKey(config.keyEnv);
  const saes = await runSaes(run);
  const reader = await openRun(run);
  try {
    const chosen = await chooseFeatures(reader, saes, config);
    const features = chosen.reduce((sum, own) => sum + own.features.length, 0);
    const options = { reader, tokenText: await tokenTexts(reader), heldOut: config.scoreExamples, seed };
    const sample = await take(readEvidence(chosen, options), sampled);
    if (sample.length === 0) throw new UserError(`no live feature to label (${run})`);
    const earlier = await readAnswers(run);
    effects.log(`label: ${costSentence(estimateCost(sample, features, style, isScored, config.reasoningTokens))}`);
    if (plan) return;
    const journal = await openJournal(run, earlier);
    const before = journal.all().filter((answer) => answer.model === model).length;
    if (before > 0) effects.log(`label: ${before} answers of ${model} are there already, and are not asked for again`);
    const retry = { timeoutMs: 1000 * config.timeout, retries: config.retries, pauseMs };
    const { endpoint, reasoningTokens } = config;
    const client = chatClient({ endpoint, model, key, reasoningTokens, ...retry });
    const tally = { failed: 0, unparsed: 0, cut: 0, unread: 0, reason: '' };
    const ask = async (request: ChatRequest) => {
      const answer = await client(request);
      if (answer.isCut) tally.cut++;
      return answer;
    };
    const job = { ask, journal, model, style, isScored, seed };
    const labelled: AddedLabel[] = [];
    try {
      await explainAll(
        readEvidence(chosen, options),
        job,
        { features, concurrency: config.concurrency, effects, tally },
        (evidence, explained) => append(labelled, addedLabel(evidence, explained, saes, job)),
      );
    } finally {
      await journal.close();
      await writeAnswers(run, saes, journal.all());
      if (labelled.length > 0) await addLabels(run, saes, labelled);
      await journal.remove();
    }
    if (labelled.length === 0 && tally.failed > 0)
      throw new UserError(`no feature was labelled, ${tally.failed} failed: ${tally.reason} (${config.endpoint})`);
    for (const line of summaryLines(labelled, tally, journal.all().slice(earlier.length))) effects.log(line);
  } finally {
    reader.close();
  }
}

interface Tally {
  failed: number;
  unparsed: number;
  /** Answers that ended at their limit of tokens. */
  cut: number;
  /** Scores none of whose answers could be read. */
  unread: number;
  reason: string;
}

interface Pool {
  readonly features: number;
  readonly concurrency: number;
  readonly effects: Effects;
  readonly tally: Tally;
}

/** Explains features, as many at a time as requests may be under way. Throws UserError where the endpoint keeps failing. */
async function explainAll(
  evidence: AsyncGenerator<Evidence>,
  job: Explaining,
  { features, concurrency, effects, tally }: Pool,
  take: (evidence: Evidence, explained: Explained) => void,
): Promise<void> {
  const progress = effects.progress('label', features, 'features');
  let done = 0;
  let failures = 0;
  let isEnding = false;
  const work = async (): Promise<void> => {
    while (!isEnding) {
      const next = await evidence.next();
      if (next.done || isEnding) return;
      try {
        const explained = await explainFeature(next.value, job);
        failures = 0;
        tally.unread += explained.unread;
        if (explained.label === undefined) tally.unparsed++;
        else take(next.value, explained);
      } catch (error) {
        if (!(error instanceof ChatFailure)) throw error;
        tally.failed++;
        tally.reason = error.message;
        if (++failures >= failuresInARow)
          throw new UserError(`the endpoint failed ${failures} times in a row: ${error.message}`);
      }
      progress.update(++done);
    }
  };
  try {
    const end = (error: unknown) => {
      isEnding = true;
      throw error;
    };
    const workers = await Promise.allSettled(Array.from({ length: concurrency }, () => work().catch(end)));
    for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  } finally {
    progress.end();
  }
}

function addedLabel(
  { row }: Evidence,
  { label, scores }: Explained,
  saes: readonly LabelledSae[],
  { model, style }: Explaining,
): AddedLabel[] {
  const of = saes.find(({ id }) => id === row.sae);
  if (!of || label === undefined) return [];
  const own = { of, feature: row.feature, label, kind: 'model', author: null, model } as const;
  return [{ ...own, scores: [...scores], source: `${style} style` }];
}

function summaryLines(labelled: readonly AddedLabel[], tally: Tally, asked: readonly AnsweredPrompt[]): string[] {
  const scored = labelled.flatMap(({ scores: [first] }) => (first ? [first] : []));
  const above = scored.filter(({ value, low, high, kind }) => {
    return labelSupport({ score: value, score_low: low, score_high: high, score_kind: kind }) === 'above chance';
  });
  const mean = scored.reduce((sum, { value }) => sum + value, 0) / scored.length;
  const scoreLine = `label: ${scored.length} scored: detection ${mean.toFixed(2)} on average, above chance for ${above.length}`;
  const tokens = asked.reduce(
    (sum, { promptTokens, answerTokens }) => sum + (promptTokens ?? 0) + (answerTokens ?? 0),
    0,
  );
  return [
    `label: ${labelled.length} features labelled by ${asked.length} new answers${tokens > 0 ? ` of ${tokens} tokens` : ''}`,
    ...(scored.length > 0 ? [scoreLine] : []),
    ...(tally.unread > 0
      ? [
          `label: ${tally.unread} scores are missing: too few of their answers could be read; they are in the table label_answers`,
        ]
      : []),
    ...(tally.cut > 0 ? [`label: ${tally.cut} answers were cut at their limit of tokens`] : []),
    ...(tally.unparsed > 0
      ? [`label: ${tally.unparsed} answers held no label; they are in the table label_answers`]
      : []),
    ...(tally.failed > 0
      ? [`label: ${tally.failed} of the features failed: ${tally.reason}; the same command asks for them again`]
      : []),
  ];
}

function apiKey(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const key = process.env[name];
  if (!key) throw new UserError(`--key-env is ${name}, expected a variable of the environment that holds the key`);
  return key;
}

async function tokenTexts(reader: RunReader): Promise<(id: number) => string> {
  const texts = new Map((await reader.vocabulary()).map(({ token_id, token }) => [token_id, token]));
  return (id) => texts.get(id) ?? `[${id}]`;
}

async function take<T>(items: AsyncGenerator<T>, most: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === most) break;
  }
  return taken;
}
