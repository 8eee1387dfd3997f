import { type LabelAnswerRow, labelAnswers } from '../../measures/labels/table.ts';
import { fillTable } from '../../store/fill-table.ts';
import { openQueries } from '../../store/query.ts';
import { selectTable } from '../../tables/sql.ts';
import type { LabelledSae } from '../run-saes.ts';
import type { AnsweredPrompt } from './journal.ts';

/** All prompts that a run's labels were asked with, and their answers. */
export async function readAnswers(run: string): Promise<AnsweredPrompt[]> {
  const queries = await openQueries(run, [labelAnswers]);
  try {
    const rows = await queries.rows(labelAnswers.columns, selectTable(labelAnswers));
    return rows.map(({ layer: _, prompt_tokens, answer_tokens, ...row }) => {
      return { ...row, promptTokens: prompt_tokens, answerTokens: answer_tokens };
    });
  } finally {
    queries.close();
  }
}

/** Puts the table of prompts and answers in its place. */
export async function writeAnswers(
  run: string,
  saes: readonly LabelledSae[],
  answers: readonly AnsweredPrompt[],
): Promise<void> {
  const layers = new Map(saes.map(({ id, layer }) => [id, layer]));
  const rows = answers.map(({ promptTokens, answerTokens, ...answer }): LabelAnswerRow => {
    const counts = { prompt_tokens: promptTokens, answer_tokens: answerTokens };
    return { layer: layers.get(answer.sae) ?? -1, ...answer, ...counts };
  });
  await fillTable(run, labelAnswers, (table) => table.append(rows.toSorted(inOrder)));
}

function inOrder(a: LabelAnswerRow, b: LabelAnswerRow): number {
  return a.layer - b.layer || compare(a.sae, b.sae) || a.feature - b.feature || compare(a.key, b.key);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
