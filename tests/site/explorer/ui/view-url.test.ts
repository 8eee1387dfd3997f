import { expect, test } from 'vitest';
import type { Edit, ExplorerInfo } from '../../../../site/explorer/protocol.ts';
import { decodeView } from '../../../../site/explorer/url/decode-view.ts';
import { emptyView } from '../../../../site/explorer/url/empty-view.ts';
import { encodeView } from '../../../../site/explorer/url/encode-view.ts';
import { fitModel, fitPrompt } from '../../../../site/explorer/url/fit-view.ts';
import { pastPrompt } from '../../../../site/explorer/url/past-prompt.ts';
import { type ExplorerView, type PromptInput, patternViews, ranks } from '../../../../site/explorer/view.ts';

/** A repeatable stream of numbers in 0…1 (mulberry32). */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let t = Math.imul(at ^ (at >>> 15), 1 | at);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const texts = ['', ' ', 'a b', '+&=?#%;,/@:', '%41', 'é 漢 🦜', '</script>', '\n\t\u0000', 'null', '\'"`', '  two  '];
const families = [null, 'induction', 'previous token', 'a,b&c=d', '+'];

function randomView(random: () => number): ExplorerView {
  const index = (below = 1000) => Math.floor(random() * below);
  const maybe = <T>(make: () => T): T | null => (random() < 0.4 ? null : make());
  const list = <T>(make: () => T) => Array.from({ length: index(4) }, make);
  const prompt = (): PromptInput =>
    random() < 0.5 ? { text: texts[index(texts.length)] ?? '' } : { ids: [index(), ...list(() => index())] };
  const edit = (): Edit => {
    const position = maybe(index);
    const factor = [0.5, -2, 1e-9, 1e21, 3][index(5)] ?? 0;
    const actions = [{ action: 'zero' }, { action: 'mean' }, { action: 'scale', factor }] as const;
    const action = actions[index(3)] ?? { action: 'zero' };
    const added = random() < 0.3 ? ({ action: 'add', amount: factor } as const) : action;
    return random() < 0.5
      ? { ...added, kind: 'feature', layer: index(), feature: index(), position }
      : { ...action, kind: 'head', layer: index(), head: index(), position };
  };
  const edge = () => {
    const destination = index();
    return { layer: index(), head: index(), destination, source: Math.min(destination, index()) };
  };
  return {
    prompts: random() < 0.5 ? [prompt()] : [prompt(), prompt()],
    position: maybe(index),
    layer: maybe(index),
    head: maybe(index),
    family: families[index(families.length)] ?? null,
    rank: ranks[index(3)] ?? 'activation',
    patterns: patternViews[index(3)] ?? 'before',
    saes: list(() => `${index()}${['', '-32k', '-l0-8.5'][index(3)]}`),
    edits: list(edit),
    generation: maybe(() => ({ tokenCount: 1 + index(), temperature: [0, 0.7, 1e-3][index(3)] ?? 0, seed: index() })),
    target: {
      trail: list(() => ({ layer: index(), feature: index(), position: index() })),
      source: maybe(index),
      edge: maybe(edge),
      marks: {
        pins: list(() => `feature.1.${index()}.${index()}`),
        groups: list(() => ({
          name: `${texts[index(texts.length)] ?? ''}g:,`,
          ids: ['unembedding_bias', `mlp.0.${index()}`],
        })),
        pinnedOnly: random() < 0.5,
      },
      logit: maybe(() => ({ position: maybe(index), tokenId: index(), minusTokenId: maybe(() => 1000 + index()) })),
      graph: maybe(() => ({
        root: random() < 0.5 ? 'logit' : 'feature',
        maxDepth: index(9),
        minShare: [0, 0.02, 1e-7, 1][index(4)] ?? 0,
      })),
    },
  };
}

test('any view comes back from its query string as it was, without a notice', () => {
  const random = numbers(7);
  for (let i = 0; i < 2000; i++) {
    const view = randomView(random);
    expect(decodeView(encodeView(view))).toEqual({ view, notices: [] });
  }
});

test('the empty view has an empty query string, and the other way round', () => {
  expect(encodeView(emptyView)).toBe('');
  expect(decodeView('')).toEqual({ view: emptyView, notices: [] });
});

test('a query string can be read by eye', () => {
  const edits: readonly Edit[] = [
    { kind: 'feature', layer: 1, feature: 1112, position: 7, action: 'zero' },
    { kind: 'head', layer: 1, head: 3, position: null, action: 'scale', factor: 0.5 },
  ];
  const trail = [{ layer: 1, feature: 1112, position: 7 }];
  const edge = { layer: 1, head: 3, destination: 7, source: 2 };
  const graph = { root: 'logit', maxDepth: 3, minShare: 0.02 } as const;
  const logit = { position: null, tokenId: 412, minusTokenId: 315 };
  const view = { ...emptyView, prompts: [{ ids: [4095, 17] }], position: 1, edits };
  expect(
    encodeView({
      ...view,
      rank: 'ablation',
      target: {
        trail,
        source: null,
        edge,
        logit,
        marks: { pins: ['mlp.0.3'], groups: [{ name: 'a b', ids: ['feature.1.2.3'] }], pinnedOnly: true },
        graph,
      },
    }),
  ).toBe(
    'ids=4095,17&position=1&rank=ablation&edits=1/1112@7:zero,1.3:x0.5&target=1/1112@7&edge=1.3@7,2&logit=412-315&pins=mlp.0.3&group=feature.1.2.3:a+b&shown=pinned&graph=3,0.02,logit',
  );
});

test.each([
  ['saes=1-a,', 'saes'],
  ['saes=<b>', 'saes'],
  ['position=x', 'position'],
  ['position=-1', 'position'],
  ['layer=1e3', 'layer'],
  ['head=', 'head'],
  ['ids=1,,2', 'ids'],
  ['ids2=a', 'ids2'],
  ['edits=1/2:half', 'edits'],
  ['edits=1/2:xInfinity', 'edits'],
  ['edits=1.2:add3', 'edits'],
  ['generate=0,1,0', 'generate'],
  ['generate=5,-1,0', 'generate'],
  ['edits=1/2:zero,3', 'edits'],
  ['target=1/2', 'target'],
  ['source=99999999999', 'source'],
  ['edge=1.2@3,4', 'edge'],
  ['graph=3,2', 'graph'],
  ['graph=3,0.02,token', 'graph'],
  ['logit=5-5', 'logit'],
  ['logit=5@', 'logit'],
  ['pins=feature.1.x', 'pins'],
  ['group=mlp.0.1', 'group'],
  ['group=mlp.0.1:', 'group'],
  ['shown=all', 'shown'],
  ['rank=best', 'rank'],
  ['patterns=during', 'patterns'],
])('"%s" gives one notice, and the rest of the view still loads', (bad, name) => {
  const { view, notices } = decodeView(`text=hello&${bad}&unknown=1`);
  expect(view).toEqual({ ...emptyView, prompts: [{ text: 'hello' }] });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(new RegExp(`^${name} is “`));
});

test('text that is not well formed is mended instead of breaking the address', () => {
  expect(encodeView({ ...emptyView, prompts: [{ text: 'a\ud800b' }] })).toBe('text=a%EF%BF%BDb');
});

const info: ExplorerInfo = {
  modelName: 'tiny',
  backend: 'wasm',
  nLayers: 3,
  nHeads: 2,
  vocabSize: 10,
  maxTokens: 8,
  contextLength: 16,
  bytesWaiting: 0,
  bytesAhead: 0,
  bosTokenId: 0,
  saes: [{ id: '1', layer: 1, dSae: 4, bytes: 1 }],
};

test('what the model does not have is left out, each with its notice', () => {
  const wanted = decodeView(
    'text=x&layer=9&head=1&edits=1/3:zero,0/0:zero,2.1:mean,2.2:mean&target=1/4@0&edge=3.0@0,0&logit=10-3',
  );
  const { view, notices } = fitModel(wanted.view, info);
  expect(encodeView(view)).toBe('text=x&head=1&edits=1/3:zero,2.1:mean');
  expect(notices.map((notice) => notice.replace(': left out.', ''))).toEqual([
    'tiny has no feature 1/4',
    'tiny has no layer 9',
    'tiny has no feature 0/0',
    'tiny has no head 2.2',
    'tiny has no head 3.0',
    'tiny has no token 10 or 3',
  ]);
});

test('SAEs that the model does not have, and second ones of a layer, are named and left out', () => {
  const sae = (id: string, layer: number, dSae: number) => ({ id, layer, dSae, bytes: 1 });
  const own = { ...info, saes: [sae('1-4', 1, 4), sae('1-8', 1, 8), sae('2', 2, 4)] };
  const wanted = decodeView('text=x&saes=1-8,7-z,1-4,2&edits=1/7:zero,1/8:zero&target=1/4@0');
  const { view, notices } = fitModel(wanted.view, own);
  expect(encodeView(view)).toBe('text=x&saes=1-8&edits=1/7:zero&target=1/4@0');
  expect(notices.map((notice) => notice.replace(': left out.', ''))).toEqual([
    'tiny has no SAE 7-z',
    'SAE 1-4 is a second one of its layer, which uses one at a time',
    'tiny has no feature 1/8',
  ]);
  expect(encodeView(fitModel(decodeView('edits=1/7:zero').view, own).view)).toBe('');
});

test('what lies past a shorter prompt goes, what stands in it stays', () => {
  const { view } = decodeView(
    'text=x&position=5&edits=1/3@2:zero,1/3@6:zero,1.0:zero&target=1/0@4,1/1@3&source=2&logit=3@4',
  );
  expect(fitPrompt(view, 7)).toBe(view);
  expect(encodeView(fitPrompt(view, 5))).toBe('text=x&edits=1/3@2:zero,1.0:zero&target=1/0@4,1/1@3&source=2&logit=3@4');
  expect(encodeView(fitPrompt(view, 4))).toBe('text=x&edits=1/3@2:zero,1.0:zero');
});

test('each position past the prompt gets one notice, whatever stands there', () => {
  const { view } = decodeView(
    'position=77&edits=1/3@77:zero,1.0:zero,1/3@14:x2&target=1/0@20&edge=1.0@15,2&logit=3@14',
  );
  const lost = (place: number) => `The prompt of 15 tokens has no position ${place}: left out.`;
  expect(pastPrompt(view, 15)).toEqual([77, 20, 15].map(lost));
  expect(pastPrompt(view, 78)).toEqual([]);
  expect(pastPrompt(fitPrompt(view, 15), 15)).toEqual([]);
});
