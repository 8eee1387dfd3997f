import type { StyleName } from '../../measures/labels/style-names.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import type { Evidence } from './evidence.ts';
import { scoreKinds, scoreRequests } from './score-requests.ts';
import { styles } from './styles/index.ts';

export interface Cost {
  readonly explanations: number;
  readonly scorings: number;
  readonly promptTokens: number;
  /** At most. */
  readonly answerTokens: number;
}

/** A label as long as most. */
const typicalLabel = 'x'.repeat(60);
/** Characters of a token, roughly, in English. */
const charactersPerToken = 4;

/** What labelling some features would cost, from the prompts of those whose evidence is at hand. */
export function estimateCost(
  evidence: readonly Evidence[],
  features: number,
  style: StyleName,
  isScored: boolean,
  reasoningTokens = 0,
): Cost {
  const costs = evidence.map((own) => featureCost(own, style, isScored, reasoningTokens));
  const times = features / Math.max(1, costs.length);
  const total = (of: (cost: Cost) => number) => Math.round(times * costs.reduce((sum, cost) => sum + of(cost), 0));
  return {
    explanations: features,
    scorings: total(({ scorings }) => scorings),
    promptTokens: total(({ promptTokens }) => promptTokens),
    answerTokens: total(({ answerTokens }) => answerTokens),
  };
}

function featureCost(evidence: Evidence, style: StyleName, isScored: boolean, reasoningTokens: number): Cost {
  const { messages, maxTokens } = styles[style];
  const scoring = isScored
    ? scoreKinds
        .flatMap((kind) => scoreRequests(kind, typicalLabel, evidence, seededRandom(0)))
        .map(({ request }) => request)
    : [];
  const requests = [{ messages: messages(evidence), maxTokens }, ...scoring];
  const characters = requests
    .flatMap((request) => request.messages)
    .reduce((sum, { content }) => sum + content.length, 0);
  return {
    explanations: 1,
    scorings: scoring.length,
    promptTokens: characters / charactersPerToken,
    answerTokens: requests.reduce((sum, request) => sum + request.maxTokens + reasoningTokens, 0),
  };
}

/** `100 explanations and 800 scoring requests, about 1,200,000 prompt tokens and at most 52,000 answer tokens`. */
export function costSentence({ explanations, scorings, promptTokens, answerTokens }: Cost): string {
  const [prompt, answer] = [promptTokens, answerTokens].map((tokens) =>
    Number(tokens.toPrecision(2)).toLocaleString('en'),
  );
  const requests = `${explanations} explanations${scorings > 0 ? ` and ${scorings} scoring requests` : ''}`;
  return `${requests}, about ${prompt} prompt tokens and at most ${answer} answer tokens`;
}
