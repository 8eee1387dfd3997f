import { greatest } from '../../../numbers/extremes.ts';
import { dataOnly } from '../chat.ts';
import type { Evidence, TextWindow } from '../evidence.ts';
import { doubleAngle, doubleBrace, markedText, quoted, quotedToken } from '../marked-text.ts';
import { afterMarker, bareLabel, type Style } from './style.ts';

const promoted = 8;
const sources = 3;
/** A source is marked in the text from this share of the positive attribution on. */
const leastShare = 0.1;

const system = `You are an expert on transformers who says what a feature of an attention layer does.
The feature was found by a sparse autoencoder. It is active on some tokens, and what makes it active is information that attention heads bring from earlier tokens. The evidence lists texts, strongest first. In each, <<token>> is where the feature is most active and {{token}} marks the tokens it reads from most; below it stand these sources with their share of the attribution and their distance.
${dataOnly}
Say in a phrase of at most fifteen words when the feature is active, and what it reads where that explains it. Be specific. Do not begin with "This feature", do not mention the marks, do not list several guesses. End with one line that begins with LABEL:`;

const exampleEvidence = `Reads: induction (confidence 90%)
Promotes: "bury", "field"
1. "Mr {{ Dun}}{{bury}} met her again. When Mr<< Dun>>"
   reads "bury" 71%, 6 tokens back`;
const exampleAnswer = 'LABEL: repeated names: reads what followed an earlier first part of the name';

/** Evidence that only an attention feature has: the sources it reads by direct feature attribution, and its family. */
export const attentionStyle: Style = {
  maxTokens: 200,
  messages: (evidence) => [
    { role: 'system', content: system },
    { role: 'user', content: exampleEvidence },
    { role: 'assistant', content: exampleAnswer },
    { role: 'user', content: evidenceText(evidence) },
  ],
  label: (answer) => bareLabel(afterMarker(answer, /^[\s*_#]*LABEL[\s*_]*:[\s*_]*(.*)$/i)),
};

function evidenceText({ row, shown }: Evidence): string {
  const tokens = row.positive_logits.slice(0, promoted).map(({ token }) => quotedToken(token));
  const sure = row.family_confidence === null ? '' : ` (confidence ${Math.round(100 * row.family_confidence)}%)`;
  const head = row.head_weights.indexOf(greatest(row.head_weights));
  return [
    ...(row.family === null ? [] : [`Reads: ${row.family}${sure}`]),
    `Leading head: ${row.layer}.${head}, ${Math.round(100 * row.head_weights[head])}% of its decoder norm`,
    `Promotes: ${tokens.join(', ')}`,
    ...shown.map(exampleText),
  ].join('\n');
}

function exampleText({ tokens, peak, reads }: TextWindow, i: number): string {
  const strong = reads.filter(({ token, share }) => share >= leastShare && token !== peak).slice(0, sources);
  const isRead = new Set(strong.map(({ token }) => token));
  const text = markedText(tokens, (token) =>
    token === peak ? doubleAngle : isRead.has(token) ? doubleBrace : undefined,
  );
  const named = strong.map(({ token, share }) => {
    const distance = peak - token;
    return `${quotedToken(tokens[token])} ${Math.round(100 * share)}%, ${distance} ${distance === 1 ? 'token' : 'tokens'} back`;
  });
  return [`${i + 1}. ${quoted(text)}`, ...(named.length > 0 ? [`   reads ${named.join('; ')}`] : [])].join('\n');
}
