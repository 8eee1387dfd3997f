import { judgedChoice, roleThresholds, type Verdict } from '../../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadRow, HeadVerdictRow } from '../../../pipeline/measures/heads/table.ts';
import { greatest, least } from '../../../pipeline/numbers/extremes.ts';
import { count } from '../../page-kit/format.ts';

/** The fewest and the most heads of a verdict over the choices that a verdict was tried with. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** How many of a model's heads do more than one thing. */
export interface Polysemanticity {
  readonly heads: number;
  readonly polysemantic: number;
  readonly candidates: readonly HeadRow[];
  /** Heads whose attribution and attention disagree. */
  readonly conflicting: readonly HeadRow[];
  /** Heads with too little evidence. */
  readonly unknown: number;
  /** Nothing of a run that tried no choices. */
  readonly tried: TriedRange | undefined;
}

/** How many heads are polysemantic as the choices vary. */
export interface TriedRange {
  readonly choices: number;
  /** With one choice varied and the others as they are judged by. */
  readonly byFeatures: Range;
  readonly byThreshold: Range;
  readonly byConfidence: Range;
  /** With all varied. */
  readonly polysemantic: Range;
  readonly candidates: Range;
}

/** Nothing where no head has a verdict. */
export function polysemanticityOf(
  rows: readonly HeadRow[],
  verdicts: readonly HeadVerdictRow[],
): Polysemanticity | undefined {
  const of = (verdict: Verdict) => rows.filter(({ polysemanticity }) => polysemanticity === verdict);
  const [candidates, conflicting] = [of('monosemantic candidate'), of('conflicting evidence')];
  const polysemantic = of('polysemantic').length;
  if (polysemantic + candidates.length + conflicting.length === 0) return undefined;
  return {
    ...{ heads: rows.length, polysemantic, candidates, conflicting },
    unknown: rows.length - polysemantic - candidates.length - conflicting.length,
    tried: triedOf(verdicts),
  };
}

function triedOf(verdicts: readonly HeadVerdictRow[]): TriedRange | undefined {
  const choices = [...Map.groupBy(verdicts, choiceOf).values()];
  if (choices.length === 0) return undefined;
  const range = (name: Verdict, isTaken: (choice: HeadVerdictRow) => boolean = () => true): Range => {
    const taken = choices.filter(([choice]) => choice && isTaken(choice));
    const counts = taken.map((own) => own.filter(({ verdict }) => verdict === name).length);
    return { low: least(counts), high: greatest(counts) };
  };
  const [features, confidence, threshold] = [
    (row: HeadVerdictRow) => row.features === judgedChoice.features,
    (row: HeadVerdictRow) => row.least_confidence === judgedChoice.leastConfidence,
    (row: HeadVerdictRow) => row.threshold === roleThresholds.roles,
  ];
  return {
    choices: choices.length,
    byFeatures: range('polysemantic', (row) => confidence(row) && threshold(row)),
    byThreshold: range('polysemantic', (row) => features(row) && confidence(row)),
    byConfidence: range('polysemantic', (row) => features(row) && threshold(row)),
    polysemantic: range('polysemantic'),
    candidates: range('monosemantic candidate'),
  };
}

/** What a verdict was tried with, as a key. */
const choiceOf = ({ features, least_confidence, threshold }: HeadVerdictRow): string =>
  `${features} ${least_confidence} ${threshold}`;

/** It in a sentence; '' where no head has a verdict. */
export function polysemanticHeadline(rows: readonly HeadRow[], verdicts: readonly HeadVerdictRow[]): string {
  const found = polysemanticityOf(rows, verdicts);
  return found
    ? [
        `${count(found.polysemantic)} of ${count(found.heads)} heads have more than ${roleThresholds.roles} effective roles.`,
        rangeSentence(found),
        othersSentence(found),
      ]
        .filter((sentence) => sentence !== '')
        .join(' ')
    : '';
}

/** How far the counts depend on the choices made; '' where none were tried. */
export function rangeSentence({ tried }: Polysemanticity): string {
  if (!tried) return '';
  const { choices, polysemantic, candidates } = tried;
  return (
    `${variedSentence(tried)} Over all ${count(choices)} combinations, ${between(polysemantic)} heads are polysemantic and ` +
    `${between(candidates)} are candidates for monosemanticity.`
  );
}

/** The count with one choice varied at a time. */
export function variedSentence(tried: TriedRange): string {
  const [features, threshold, confidence] = [tried.byFeatures, tried.byThreshold, tried.byConfidence].map(between);
  return (
    `The number is ${features} depending on how many features are taken, ${threshold} on the threshold and ${confidence} on ` +
    'the confidence required of a feature’s family.'
  );
}

const between = ({ low, high }: Range) => (low === high ? count(low) : `${count(low)} to ${count(high)}`);

/** What the other heads are. */
function othersSentence({ candidates, conflicting, unknown }: Polysemanticity): string {
  const heads = (n: number) => `${count(n)} ${n === 1 ? 'head' : 'heads'}`;
  const parts = [
    candidates.length > 0
      ? `${count(candidates.length)} ${candidates.length === 1 ? 'is a candidate' : 'are candidates'}`
      : '',
    conflicting.length > 0 ? `attribution and attention disagree on ${heads(conflicting.length)}` : '',
    unknown > 0 ? `there is too little evidence on ${heads(unknown)}` : '',
  ].filter((part) => part !== '');
  const text = parts.join('; ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
