import type { Family } from '../../families/maths/family-names.ts';

/** What a summary is made from; tokens are display texts. */
export interface SummaryEvidence {
  readonly family: Family | null;
  /** Tokens by their share of the positive attribution, largest first. */
  readonly reads: readonly { readonly token: string; readonly share: number }[];
  /** The token at the peak of each top example, strongest first; none of a feature that was never active. */
  readonly peaks: readonly string[];
  /** Strongest first. */
  readonly promoted: readonly string[];
}

/** A word or phrase, or a token. */
export type SummaryPart = string | { readonly token: string };

/** A token is named as the one read from this share of the attribution on, as the one at the peak from this share of examples on. */
const least = { read: 0.25, peak: 0.5 };
const listed = 3;

/**
 * What a feature does, in a line, by rule and without a model: what it reads, by its family, and what it promotes.
 * "reads ` id` after an earlier ` eg`: induction; promotes ` id`".
 */
export function featureSummary(evidence: SummaryEvidence): SummaryPart[] {
  const { peaks, promoted } = evidence;
  const promotes = tokenList(promoted.slice(0, listed));
  if (peaks.length === 0) return ['never active in the corpus', ...clause('; its decoder promotes ', promotes)];
  return [...readingClause(evidence), ...clause('; promotes ', promotes)];
}

/** The same as text, tokens in backticks. */
export const summaryText = (parts: readonly SummaryPart[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : `\`${part.token}\``)).join('');

function readingClause({ family, reads, peaks }: SummaryEvidence): SummaryPart[] {
  const read = reads.filter(({ share }) => share >= least.read).map(({ token }) => token);
  const common = mostCommon(peaks);
  const peak = common.find(({ times }) => times >= least.peak * peaks.length)?.text;
  const on = ['active on ', ...tokenList(common.slice(0, listed).map(({ text }) => text))];
  const [first] = read;
  const what: SummaryPart[] = first === undefined ? [] : [{ token: first }];
  const named = (words: readonly SummaryPart[]): SummaryPart[] => [...words, `: ${family}`];
  switch (family) {
    case 'induction':
      return named(
        peak === undefined
          ? [
              'reads ',
              ...(what.length > 0 ? [...what, ', which'] : ['what']),
              ' followed an earlier occurrence of the current token',
            ]
          : ['reads ', ...(what.length > 0 ? [...what, ' after'] : ['what followed']), ' an earlier ', { token: peak }],
      );
    case 'duplicate token':
      return named([
        'reads an earlier ',
        ...(peak === undefined ? ['occurrence of the current token'] : [{ token: peak }]),
      ]);
    case 'previous token':
      return named([...on, ...(what.length > 0 ? [' after ', ...what] : [', reads the token before'])]);
    case 'current token':
      return named(on);
    case 'BOS':
      return named([...on, ', reads the beginning of the sequence']);
    case 'succession':
    case 'copying':
    case 'skip-gram':
      return named([...on, ', reads ', ...(read.length > 0 ? tokenList(read) : ['earlier tokens'])]);
    case 'positional':
      return named([...on, ', by position']);
    case 'local context':
      return named([...on, ' given the last few tokens']);
    case 'high-level context':
      return named([...on, ' given more than the last 16 tokens']);
    default:
      return [...on, ...clause(', reads ', tokenList(read))];
  }
}

const clause = (words: string, parts: readonly SummaryPart[]): SummaryPart[] =>
  parts.length === 0 ? [] : [words, ...parts];

const tokenList = (tokens: readonly string[]): SummaryPart[] =>
  tokens.flatMap((token, i): SummaryPart[] => (i === 0 ? [{ token }] : [' ', { token }]));

/** Distinct texts by how often they occur, ties by which came first. */
function mostCommon(texts: readonly string[]): { readonly text: string; readonly times: number }[] {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return Array.from(times, ([text, own]) => ({ text, times: own })).sort((a, b) => b.times - a.times);
}
