import { dataOnly } from '../chat.ts';
import type { Evidence } from '../evidence.ts';
import { quotedToken } from '../marked-text.ts';
import { afterMarker, bareLabel, type Style } from './style.ts';

const texts = 10;
const promoted = 10;

const system = `You name what a neuron detects or predicts in one to six words. You are given four lists:
- MAX_ACTIVATING_TOKENS: the tokens on which it is most active
- TOKENS_AFTER_MAX_ACTIVATING_TOKEN: the tokens right behind those
- TOP_POSITIVE_LOGITS: the tokens that it makes more likely
- TOP_ACTIVATING_TEXTS: the texts around the first list
${dataOnly}
Try in this order, and stop at the first that works: 1. what the max activating tokens share; 2. what the tokens after them share (then answer: say ...); 3. what the top positive logits share; 4. what the texts are about.
Say which worked and why, in a line. Do not write "words related to" or the like. The last line begins with Explanation:`;

const exampleLists = listsText([
  ['TOKENS_AFTER_MAX_ACTIVATING_TOKEN', ['of', ',']],
  ['MAX_ACTIVATING_TOKENS', ['January', 'March']],
  ['TOP_POSITIVE_LOGITS', ['1999', '25', '2004']],
  ['TOP_ACTIVATING_TEXTS', ['It began in January of that year', 'On 3 March, the ship']],
]);
const exampleAnswer = 'Method 1 works: both are months.\nExplanation: months';

/** The lists of Neuronpedia's np_max-act-logits. Source: neuronpedia.org/explanation-type/np_max-act-logits. */
export const neuronpediaStyle: Style = {
  maxTokens: 400,
  messages: (evidence) => [
    { role: 'system', content: system },
    { role: 'user', content: exampleLists },
    { role: 'assistant', content: exampleAnswer },
    { role: 'user', content: listsText(listsOf(evidence)) },
  ],
  label: (answer) => bareLabel(afterMarker(answer, /^[\s*_#]*Explanation[^:]{0,30}:[\s*_]*(.*)$/i)),
};

type List = readonly [name: string, items: readonly string[]];

function listsOf({ row, shown }: Evidence): List[] {
  const top = shown.slice(0, texts);
  return [
    ['TOKENS_AFTER_MAX_ACTIVATING_TOKEN', top.map(({ tokens, peak }) => tokens.at(peak + 1) ?? '')],
    ['MAX_ACTIVATING_TOKENS', top.map(({ tokens, peak }) => tokens[peak])],
    ['TOP_POSITIVE_LOGITS', row.positive_logits.slice(0, promoted).map(({ token }) => token)],
    ['TOP_ACTIVATING_TEXTS', top.map(({ tokens }) => tokens.join(''))],
  ];
}

function listsText(lists: readonly List[]): string {
  return lists.map(([name, items]) => [`<${name}>`, ...items.map(quotedToken), `</${name}>`].join('\n')).join('\n\n');
}
