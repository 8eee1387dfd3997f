import { expect, test } from 'vitest';
import { headPage } from '../../../../site/compose/head-page.ts';
import { headJson } from '../../../../site/compose/page-json.ts';
import { type HeadSequence, sequencesSection } from '../../../../site/measures/sequences/sequences.ts';
import { decodeStrip } from '../../../../site/page-kit/strip-codec.ts';
import { testEnv } from '../../test-env.ts';

const length = 120;
const tokens = Array.from({ length }, (_, id) => (id === 0 ? '<|end|>' : ` <t${id}>`));
const env = testEnv(tokens);
const { text: none } = sequencesSection([], 0, env);

/** Attends from position 100: 0.5 to BOS, 0.3 to 50, 0.15 to itself, the rest evenly. */
function sequence(part: Partial<HeadSequence['row']> = {}, shift = 0): HeadSequence {
  const position = part.position ?? 100;
  const attention = new Float32Array(position + 1).fill(0.05 / (position - 2));
  for (const [source, share] of [
    [0, 0.5],
    [50, 0.3],
    [position, 0.15],
  ] as const)
    attention[source] = share;
  return {
    row: { ...{ layer: 0, head: 1, rank: 0, context: 3, position, norm: 12.345, attention }, ...part },
    tokenIds: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : ((i - 1 + shift) % (length - 1)) + 1)),
    source: { file: 'a.txt', document: 7, offset: 11 },
  };
}

const textOf = (markup: string) => markup.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');

test('a head of a run that kept none has no section', () => {
  expect(none).toBe('');
});

test('most of the attention is said in words, tokens outside the window among it', () => {
  const { text } = sequencesSection([sequence()], 0, env);
  expect(textOf(text)).toContain(
    '·&lt;t100&gt; attends to &lt;|end|&gt; (−100) 50%, ·&lt;t50&gt; (−50) 30%, ·&lt;t100&gt; (itself) 15%',
  );
  expect(text).toContain('12.3<i title="a.txt, document 7; context 3, position 100 of the run">doc 7, token 110</i>');
  expect(text).not.toContain('explore');
});

test('the strip begins before the sources that are named, and shades and numbers them', () => {
  const { text } = sequencesSection([sequence()], 0, env);
  const { start, activations } = decodeStrip(text.match(/data-s="([^"]*)"/)?.[1] ?? '');
  expect(start).toBe(47);
  // What gets less than 0.01 has no shade and no number.
  expect(activations).toEqual(['0.300', '0.150']);
  expect(text).toContain('<b class=a6> &lt;t50&gt;</b>');
  expect(text).toContain('<mark class=a3> &lt;t100&gt;</mark> &lt;t101&gt;');
});

test('a far source does not make the strip long', () => {
  const { text } = sequencesSection(
    [sequence({ attention: Float32Array.from({ length: 101 }, (_, s) => (s === 9 ? 1 : 0)) })],
    0,
    env,
  );
  expect(decodeStrip(text.match(/data-s="([^"]*)"/)?.[1] ?? '').start).toBe(76);
  expect(textOf(text)).toContain('attends to ·&lt;t9&gt; (−91) 100%');
});

test('contexts much like a better one are folded under it', () => {
  const others = [sequence({ rank: 1, context: 4 }), sequence({ rank: 2, context: 5 }, 60)];
  const { text } = sequencesSection([sequence(), ...others], 0, env);
  expect(text).toContain('The 3 of 10 contexts');
  expect(text).toContain('<summary>1 similar context</summary>');
  expect(text.match(/<ol class="x seq">/g)).toHaveLength(2);
});

test('a site with the explorer opens each at its token, its head and its layer', () => {
  const { text } = sequencesSection([sequence()], 0, { ...env, hasExplorer: true });
  expect(text).toContain('href="/atlas/explorer.html?context=3&amp;position=100&amp;layer=0&amp;head=1"');
  expect(sequencesSection([sequence()], 1, { ...env, hasExplorer: true }).text).not.toContain('explorer.html');
});

test('the head’s page has the section, and its JSON the tokens', () => {
  const page = { layer: 0, sae: '0', head: 1, features: [], sequences: [sequence()] };
  expect(headPage(page, env).body.text).toContain('<section id=sequences>');
  const [json] = JSON.parse(headJson(page, env)).sequences;
  expect(json).toMatchObject({ rank: 0, context: 3, position: 100, norm: 12.35, source: { document: 7 } });
  expect(json.tokens[50]).toBe(' <t50>');
  expect(json.attention).toHaveLength(101);
});
