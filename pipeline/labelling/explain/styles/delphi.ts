import { greatest } from '../../../numbers/extremes.ts';
import { dataOnly } from '../chat.ts';
import type { Evidence, TextWindow } from '../evidence.ts';
import { doubleAngle, markedText, quoted, quotedToken } from '../marked-text.ts';
import { bareLabel, type Style } from './style.ts';

/** Tokens are marked above this share of an example's activation, and named with their activation, at most so many. */
const threshold = 0.3;
const named = 10;

const system = `You study what a latent of a language model responds to. You are given texts in which the words that matter stand between << and >>, runs of them together. Below each text are the marked tokens with their importance from 0 to 10.
${dataOnly}
- Describe the pattern that the marked words, or the texts around them, have in common; be concise and specific.
- Leave out texts that say nothing. Do not mention the marks. Do not list alternatives.
- The last line of your answer is the description, after [EXPLANATION]:`;

const exampleTexts = `Example 1: "the last train left<< before>> we arrived"
Activations: ("before" : 9)
Example 2: "lock the door<< before>> you go to bed"
Activations: ("before" : 8)`;
const exampleAnswer =
  'Both marked words are "before" and introduce what comes later.\n[EXPLANATION]: The word "before" as a conjunction of time';

/** Delphi's default explainer: marked texts with activations scaled to 0 … 10. Source: Paulo et al. 2024, arXiv:2410.13928. */
export const delphiStyle: Style = {
  maxTokens: 400,
  messages: ({ row, shown }) => [
    { role: 'system', content: system },
    { role: 'user', content: exampleTexts },
    { role: 'assistant', content: exampleAnswer },
    { role: 'user', content: shown.map((window, i) => exampleText(window, i, row)).join('\n') },
  ],
  label: (answer) => bareLabel(/\[EXPLANATION\][\s*_]*:?[\s*_]*(.*)/is.exec(answer)?.[1]?.trim().split('\n', 1)[0]),
};

function exampleText({ tokens, activations }: TextWindow, i: number, row: Evidence['row']): string {
  const least = threshold * greatest(activations);
  const isMarked = (token: number) => activations[token] > least;
  const text = markedText(tokens, (token) => (isMarked(token) ? doubleAngle : undefined));
  const values = tokens.flatMap((token, at) => {
    const scaled = Math.min(10, Math.ceil((10 * activations[at]) / row.max_activation));
    return isMarked(at) ? [`(${quotedToken(token)} : ${scaled})`] : [];
  });
  return `Example ${i + 1}: ${quoted(text)}\nActivations: ${values.slice(0, named).join(', ')}`;
}
