import { type Answered, balancedAccuracy } from '../../measures/labels/maths/balanced-accuracy.ts';
import { labelText } from '../../measures/labels/maths/label-text.ts';
import type { StyleName } from '../../measures/labels/style-names.ts';
import { append } from '../../numbers/append.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import type { LabelScore } from '../import/label-entry.ts';
import type { ChatAnswer, ChatRequest } from './chat.ts';
import type { Evidence } from './evidence.ts';
import { type Journal, requestKey } from './journal.ts';
import { answersOf, scoreKinds, scoreRequests } from './score-requests.ts';
import { styles } from './styles/index.ts';

/** Held-out examples under which a score would say nothing. */
const fewest = 5;

export interface Explaining {
  readonly ask: (request: ChatRequest) => Promise<ChatAnswer>;
  readonly journal: Journal;
  readonly model: string;
  readonly style: StyleName;
  readonly isScored: boolean;
  readonly seed: number;
}

export interface Explained {
  /** Nothing where the answer held none. */
  readonly label: string | undefined;
  readonly scores: readonly LabelScore[];
  /** Scores that are missing because too few of their answers could be read. */
  readonly unread: number;
}

/** Asks for a feature's label, then for its scores; what the journal has answered is not asked. Throws ChatFailure. */
export async function explainFeature(evidence: Evidence, job: Explaining): Promise<Explained> {
  const style = styles[job.style];
  const request = { messages: style.messages(evidence), maxTokens: style.maxTokens };
  const answer = await answerTo(request, 'explain', evidence, job);
  const label = labelText(style.label(answer) ?? '') || undefined;
  if (label === undefined || !job.isScored) return { label, scores: [], unread: 0 };
  if (Math.min(evidence.heldOut.length, evidence.silent.length) < fewest) return { label, scores: [], unread: 0 };
  const scores: LabelScore[] = [];
  for (const [i, kind] of scoreKinds.entries()) {
    const random = seededRandom(job.seed, evidence.row.layer, evidence.row.feature, i);
    const answered: Answered[] = [];
    for (const { request: asked, questions } of scoreRequests(kind, label, evidence, random)) {
      append(answered, answersOf(await answerTo(asked, kind, evidence, job), questions));
    }
    const accuracy = balancedAccuracy(answered);
    if (accuracy) scores.push({ kind, value: accuracy.value, low: accuracy.low, high: accuracy.high });
  }
  return { label, scores, unread: scoreKinds.length - scores.length };
}

async function answerTo(
  request: ChatRequest,
  purpose: string,
  { row }: Evidence,
  { ask, journal, model, style }: Explaining,
): Promise<string> {
  const key = requestKey(model, request);
  const known = journal.answerTo(key);
  if (known) return known.answer;
  const { text: answer, promptTokens, answerTokens } = await ask(request);
  const { sae, feature } = row;
  const prompt = JSON.stringify(request.messages);
  journal.add({ key, sae, feature, purpose, model, style, prompt, answer, promptTokens, answerTokens });
  return answer;
}
