import { expect, it } from 'vitest';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import { endOfText } from '../../../files/tiny-tokenizer.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';
import { platformOf, tinyContext, tinySite } from './tiny-site.ts';

it('reads text into tokens behind the beginning of the sequence, and back', async () => {
  const { session } = await openTiny(['relu']);
  const { ids: read, texts, cut } = await session.tokenize('hello é!');
  expect(texts.join('')).toContain('hello');
  expect([read[0], cut, texts.length]).toEqual([endOfText, 0, read.length]);
  expect(await session.textOf(read)).toBe('hello é!');
});

it('cuts a prompt that is longer than the context of the tables, and says by how much', async () => {
  const { session, info } = await openTiny(['relu']);
  expect(info.maxTokens).toBe(tinyContext);
  const { ids: read, cut } = await session.tokenize('!'.repeat(20));
  expect([read.length, cut]).toEqual([tinyContext, 20 + 1 - tinyContext]);
});

it('runs on the beginning of the sequence alone, which is what an empty prompt is', async () => {
  const { session } = await openTiny(['relu', 'topk']);
  const { ids: read } = await session.tokenize('');
  const { predictions, losses } = await session.run({ ids: read, edits: [] });
  expect([read.length, predictions.length, losses.length]).toEqual([1, 1, 0]);
});

it('puts the beginning of the sequence before ids that lack it, once', async () => {
  const { session } = await openTiny(['relu']);
  const { ids: described } = await session.describe([104, 101]);
  expect(described).toEqual([endOfText, 104, 101]);
  expect(await session.describe(described)).toMatchObject({ ids: described, cut: 0 });
});

it('refuses ids that the model does not know', async () => {
  const { session } = await openTiny(['relu']);
  for (const wrong of [-1, 1.5, endOfText + 1, Number.NaN]) {
    await expect(session.describe([endOfText, wrong])).rejects.toThrow(`unknown token id: ${wrong}, expected 0 to`);
    await expect(session.run({ ids: [endOfText, wrong], edits: [] })).rejects.toThrow('unknown token id');
  }
});

it('predicts and takes no row that only pads the embedding', async () => {
  const { folder } = await tinySite({ saes: ['relu'], padding: 600 });
  const session = createSession(platformOf(folder));
  expect((await session.open('/', () => {})).vocabSize).toBe(endOfText + 601);
  const { predictions } = await session.run({ ids, edits: [] });
  expect(predictions.flat().filter(({ tokenId }) => tokenId > endOfText)).toEqual([]);
  expect(predictions.every((row) => row.length === 10)).toBe(true);
  await expect(session.run({ ids: [endOfText, endOfText + 3], edits: [] })).rejects.toThrow('unknown token id');
});

it('gives predictions whose probabilities and losses belong together', async () => {
  const { session } = await openTiny(['relu']);
  const { predictions, losses } = await session.run({ ids, edits: [] });
  const found = predictions.flatMap((row, position) => {
    const next = row.find(({ tokenId }) => tokenId === ids[position + 1]);
    return next ? [Math.abs(-Math.log(next.probability) - (losses[position] ?? Number.NaN))] : [];
  });
  expect(predictions.every((row) => row.every((next, i) => i === 0 || next.logit <= (row[i - 1]?.logit ?? 0)))).toBe(
    true,
  );
  expect(Math.max(...found)).toBeLessThan(1e-5);
});

it('says which file did not come, and asks for it again the next time', async () => {
  const { folder } = await tinySite({ saes: ['relu', 'relu'] });
  let isDown = true;
  const session = createSession(platformOf(folder, (path) => isDown && path.startsWith('sae-1')));
  await session.open('/', () => {});
  await expect(session.run({ ids, edits: [] })).rejects.toThrow(/^sae-1-\w+\.safetensors did not come/);
  isDown = false;
  expect((await session.run({ ids, edits: [] })).layers).toHaveLength(2);
});

it('reports every byte that the manifest names', async () => {
  const { folder } = await tinySite({ saes: ['relu', null] });
  const session = createSession(platformOf(folder));
  let last = { loaded: 0, total: 1 };
  await session.open('/', (progress) => {
    last = progress;
  });
  await session.run({ ids, edits: [] });
  expect(last.loaded).toBe(last.total);
});
