import type { Answered } from '../../measures/labels/maths/balanced-accuracy.ts';
import { greatest } from '../../numbers/extremes.ts';
import type { Random } from '../../numbers/seeded-random.ts';
import { type ChatRequest, dataOnly } from './chat.ts';
import type { Evidence, TextWindow } from './evidence.ts';
import { doubleAngle, markedText, quoted } from './marked-text.ts';

export const scoreKinds = ['detection', 'fuzzing'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/** Texts of one request. */
const perRequest = 5;
/** Tokens are marked from this share of an example's greatest activation on. */
const threshold = 0.3;

const tasks: Readonly<Record<ScoreKind, string>> = {
  detection: `You are given a description of a pattern in text, and numbered texts. For each text say whether it shows the pattern: 1 if it does, 0 if it does not.`,
  fuzzing: `You are given a description of a pattern in text, and numbered texts in which tokens stand between << and >>. For each text say whether every marked token is one that the description is about: 1 if so, 0 if some are marked by mistake. All, none or some of the texts may be right.`,
};

/** As many texts as are asked about: small models answer with as many numbers as they have seen. */
const example: Readonly<Record<ScoreKind, readonly [string, string]>> = {
  detection: [
    'Description: months of the year\n0: "It began in January of that year"\n1: "she closed the door behind her"\n2: "until the end of March , when"\n3: "he paid the first of them"\n4: "a cold night , and no wind"',
    '[1, 0, 1, 0, 0]',
  ],
  fuzzing: [
    'Description: months of the year\n0: "It began in<< January>> of that year"\n1: "It began in January<< of>> that year"\n2: "until the end of<< March>> , when"\n3: "he<< paid>> the first of them"\n4: "in<< May>> or<< June>>"',
    '[1, 0, 1, 0, 1]',
  ],
};

/** A text that is asked about, and the right answer. */
interface Question {
  readonly text: string;
  readonly active: boolean;
}

export interface ScoreRequest {
  readonly request: ChatRequest;
  readonly questions: readonly Question[];
}

/**
 * Requests that score a label as Delphi does: held-out examples of the feature and as many of others, in random order.
 * Detection shows them as they are. Fuzzing marks, in the feature's own, the tokens from 0.3 of the greatest activation on, in
 * others the peak of the other feature and random tokens, as many as are marked in the feature's own on average.
 */
export function scoreRequests(kind: ScoreKind, label: string, evidence: Evidence, random: Random): ScoreRequest[] {
  const texts = kind === 'detection' ? plainTexts(evidence) : fuzzedTexts(evidence, random);
  const questions = shuffled(texts, random);
  const requests: ScoreRequest[] = [];
  for (let from = 0; from < questions.length; from += perRequest) {
    const own = questions.slice(from, from + perRequest);
    requests.push({ request: requestOf(kind, label, own), questions: own });
  }
  return requests;
}

function requestOf(kind: ScoreKind, label: string, questions: readonly Question[]): ChatRequest {
  const texts = questions.map(({ text }, i) => `${i}: ${quoted(text)}`).join('\n');
  const system = `${tasks[kind]}\nAnswer with a list of ${questions.length} numbers, one for each text in turn, and nothing else.\n${dataOnly}`;
  return {
    maxTokens: 40,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: example[kind][0] },
      { role: 'assistant', content: example[kind][1] },
      { role: 'user', content: `Description: ${label}\n${texts}` },
    ],
  };
}

function plainTexts({ heldOut, silent }: Evidence): Question[] {
  const text = ({ tokens }: TextWindow) => markedText(tokens, () => undefined);
  return [
    ...heldOut.map((window) => ({ text: text(window), active: true })),
    ...silent.map((window) => ({ text: text(window), active: false })),
  ];
}

function fuzzedTexts({ heldOut, silent }: Evidence, random: Random): Question[] {
  const own = heldOut.map((window) => ({ window, marked: strongTokens(window) }));
  const mean = own.reduce((sum, { marked }) => sum + marked.size, 0) / Math.max(1, own.length);
  const wrong = silent.map((window) => ({ window, marked: randomTokens(window, Math.ceil(mean), random) }));
  const text = (window: TextWindow, marked: ReadonlySet<number>) =>
    markedText(window.tokens, (token) => (marked.has(token) ? doubleAngle : undefined));
  return [
    ...own.map(({ window, marked }) => ({ text: text(window, marked), active: true })),
    ...wrong.map(({ window, marked }) => ({ text: text(window, marked), active: false })),
  ];
}

function strongTokens({ activations }: TextWindow): Set<number> {
  const least = threshold * greatest(activations);
  return new Set(activations.flatMap((activation, token) => (activation > 0 && activation >= least ? [token] : [])));
}

/** The peak, and others at random. */
function randomTokens({ tokens, peak }: TextWindow, count: number, random: Random): Set<number> {
  const others = tokens.flatMap((_, token) => (token === peak ? [] : [token]));
  return new Set([peak, ...shuffled(others, random).slice(0, Math.max(0, count - 1))]);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** What was answered of each text of a request; none of them where the answer is no list of as many zeros and ones. */
export function answersOf(answer: string, questions: readonly Question[]): Answered[] {
  const given = parseList(answer);
  const isWhole = given?.length === questions.length;
  return questions.map(({ active }, i) => ({ active, answer: isWhole ? (given?.at(i) ?? null) : null }));
}

/** The first bracketed list of zeros and ones. */
function parseList(answer: string): boolean[] | undefined {
  const list = /\[\s*(?:[01]|true|false)(?:\s*,\s*(?:[01]|true|false))*\s*,?\s*\]/i.exec(answer)?.[0];
  return list?.match(/[01]|true|false/gi)?.map((item) => item === '1' || item.toLowerCase() === 'true');
}
