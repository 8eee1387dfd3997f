import { expect, test } from 'vitest';
import { firstOfLayer } from '../../../../site/explorer/first-of-layer.ts';
import type { ExplorerSession } from '../../../../site/explorer/protocol.ts';
import { fitSaes, pickSae, unitText, usedSaes } from '../../../../site/explorer/saes.ts';
import { decodeView } from '../../../../site/explorer/url/decode-view.ts';
import { encodeView } from '../../../../site/explorer/url/encode-view.ts';
import { withSaes } from '../../../../site/explorer/with-saes.ts';

const saeOf = (id: string) => ({ id, layer: Number.parseInt(id, 10), dSae: 8, bytes: 1 });
const all = ['0', '1-16k', '1-32k', '2-a', '2-b', '2-c'].map(saeOf);
const ids = (saes: readonly { readonly id: string }[]) => saes.map(({ id }) => id);

test('each layer uses its first SAE, or the one that is picked, by layer', () => {
  expect(ids(firstOfLayer(all))).toEqual(['0', '1-16k', '2-a']);
  expect(ids(usedSaes(all, []))).toEqual(['0', '1-16k', '2-a']);
  expect(ids(usedSaes(all, ['2-c', '1-32k']))).toEqual(['0', '1-32k', '2-c']);
});

test('of what is picked, first ones need no saying, unknown ones and seconds of a layer are told apart', () => {
  expect(fitSaes(['2-c', '0', '2-b', '9', '2-c'], all)).toEqual({ saes: ['2-c'], unknown: ['9'], second: ['2-b'] });
});

test('another SAE takes what was of the former one with it, and nothing else', () => {
  const { view } = decodeView(
    'text=x&saes=1-32k,2-b&edits=2/3:zero,2.1:zero,1/3:zero&target=2/1@4,1/5@3,0/2@2&source=1&graph=3,0.02' +
      '&pins=feature.1.5.3,feature.0.2.2&group=feature.1.4.3,mlp.0.1:both&group=feature.1.4.2:gone',
  );
  const next = { ...view, ...pickSae(view, all, saeOf('1-16k')) };
  expect(encodeView(next)).toBe(
    'text=x&saes=2-b&edits=2/3:zero,2.1:zero&target=2/1@4&pins=feature.0.2.2&group=mlp.0.1:both&graph=3,0.02',
  );
  const rootless = { ...view, ...pickSae(view, all, saeOf('2-c')) };
  expect(encodeView(rootless)).toBe('text=x&saes=1-32k,2-c&edits=2.1:zero,1/3:zero');
});

test('a feature is named by the id of its SAE', () => {
  expect(unitText({ sae: '1-32k' }, { layer: 1, feature: 7 })).toBe('1-32k/7');
  expect(unitText(undefined, { layer: 1, feature: 7 })).toBe('1/7');
});

test('a question and its SAEs are sent at once, in that order; what no SAE takes part in is sent alone', async () => {
  const sent: string[] = [];
  const note =
    (name: string) =>
    async (...args: unknown[]) => {
      sent.push(`${name} ${args}`);
    };
  const fake = Object.fromEntries(['useSaes', 'run', 'patterns', 'tokenize'].map((name) => [name, note(name)]));
  const session = (own: readonly string[]) => withSaes(fake as unknown as ExplorerSession, own);
  await Promise.all([session(['1-a']).patterns({ ids: [1], edits: [] }, 3), session(['1-b']).tokenize('x')]);
  expect(sent).toEqual(['useSaes 1-a', 'patterns [object Object],3', 'tokenize x']);
});
