import { expect, it } from 'vitest';
import type { Edit, ExplorerSession, GeneratedText } from '../../../../site/explorer/protocol.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';

const steer: Edit = { kind: 'feature', action: 'add', layer: 1, feature: 3, amount: 6, position: null };
const head: Edit = { kind: 'head', action: 'zero', layer: 0, head: 1, position: null };
const here: Edit = { kind: 'feature', action: 'scale', factor: -2, layer: 2, feature: 5, position: 4 };

async function continued(
  session: ExplorerSession,
  edits: readonly Edit[],
  { tokenCount = 6, temperature = 0, seed = 0 } = {},
): Promise<GeneratedText> {
  let last: GeneratedText = { ids: [], text: '' };
  await session.generate({ ids, edits }, { tokenCount, temperature, seed }, (text) => {
    last = text;
    return true;
  });
  return last;
}

it.each([
  { saes: ['relu', 'jumprelu', 'topk'] as const, edits: [] },
  { saes: ['relu', 'jumprelu', 'topk'] as const, edits: [steer, head, here] },
  { saes: ['layer_norm', 'constant_norm_rescale', 'relu'] as const, edits: [steer, here] },
])('takes at temperature 0 what whole passes expect most, SAEs $saes, edits $edits', async ({ saes, edits }) => {
  const { session } = await openTiny(saes);
  const { ids: found } = await continued(session, edits, { tokenCount: 3 });
  const expected: number[] = [];
  for (const _ of found) {
    const { predictions } = await session.run({ ids: [...ids, ...expected], edits });
    expected.push(predictions.at(-1)?.[0]?.tokenId ?? Number.NaN);
  }
  expect(found).toEqual(expected);
});

it('gives the same text for the same seed, another for another, and another once steered', async () => {
  const { session } = await openTiny(['relu', 'jumprelu', 'topk']);
  const settings = { temperature: 1.5, seed: 4 };
  const text = await continued(session, [], settings);
  expect(text.ids).toHaveLength(6);
  expect(text.text).toBe(await session.textOf(text.ids));
  expect(await continued(session, [], settings)).toEqual(text);
  expect(await continued(session, [], { ...settings, seed: 5 })).not.toEqual(text);
  expect(await continued(session, [{ ...steer, amount: 60 }], settings)).not.toEqual(text);
  expect(await continued(session, [{ ...steer, amount: 0 }], settings)).toEqual(text);
});

it('ends when its reader has heard enough', async () => {
  const { session } = await openTiny(['relu', 'relu', 'relu']);
  let texts = 0;
  await session.generate({ ids, edits: [] }, { tokenCount: 6, temperature: 1, seed: 0 }, () => ++texts < 2);
  expect(texts).toBe(2);
});

it.each([
  [{ tokenCount: 8, temperature: 1, seed: 0 }, /^invalid number of tokens: 8, expected 1 to 7/],
  [{ tokenCount: 2, temperature: -1, seed: 0 }, /^invalid temperature: -1/],
  [{ tokenCount: 2, temperature: 1, seed: 0.5 }, /^invalid seed: 0.5/],
])('refuses %j', async (settings, message) => {
  const { session } = await openTiny(['relu']);
  await expect(session.generate({ ids, edits: [] }, settings, () => true)).rejects.toThrow(message);
});
