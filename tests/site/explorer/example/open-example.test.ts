import { expect, test } from 'vitest';
import { contextsPerPiece, encodePiece } from '../../../../site/explorer/example/context-piece.ts';
import { exampleQuery } from '../../../../site/explorer/example/example-query.ts';
import { exampleAddress } from '../../../../site/explorer/example/open-example.ts';
import { decodeView } from '../../../../site/explorer/url/decode-view.ts';
import { createLinks } from '../../../../site/page-kit/links.ts';

const site = { links: createLinks('/atlas'), contexts: contextsPerPiece + 3 };
const asked: string[] = [];

/** Contexts 64, 65 and 66 of a run. */
async function fetchBytes(url: string): Promise<ArrayBuffer> {
  asked.push(url);
  const { buffer } = encodePiece([0, 10, 20].map((first) => [99, first, first + 1, first + 2]));
  if (!(buffer instanceof ArrayBuffer)) throw new Error('a piece is a buffer of its own');
  return buffer;
}

const example = { context: contextsPerPiece + 1, sae: '1', layer: 1, feature: 7, position: 2 };

test('an example opens on its own tokens up to the feature, which is the target', async () => {
  const query = await exampleAddress(`?${exampleQuery(example, '1')}`, site, fetchBytes);
  const { view, notices } = decodeView(query ?? '');
  expect(asked).toEqual(['/atlas/explorer/contexts/1.bin']);
  expect(notices).toEqual([]);
  expect(view).toMatchObject({ prompts: [{ ids: [99, 10, 11] }], position: 2, layer: 1 });
  expect(view.target.trail).toEqual([{ layer: 1, feature: 7, position: 2 }]);
});

test('an example of an SAE that its layer does not use unless told opens with that SAE', async () => {
  const query = await exampleAddress(`?${exampleQuery({ ...example, sae: '1-32k' }, '1-16k')}`, site, fetchBytes);
  const { view, notices } = decodeView(query ?? '');
  expect(notices).toEqual([]);
  expect(view.saes).toEqual(['1-32k']);
  expect(view.target.trail).toEqual([{ layer: 1, feature: 7, position: 2 }]);
});

test('a query that names a position, and no feature, opens the tokens up to it', async () => {
  const query = await exampleAddress(`?context=${contextsPerPiece + 1}&position=1&layer=1&head=3`, site, fetchBytes);
  const { view } = decodeView(query ?? '');
  expect(view).toMatchObject({ prompts: [{ ids: [99, 10] }], position: 1, layer: 1, head: 3 });
});

test('a query that names no context is not an example', async () => {
  expect(await exampleAddress('?text=hello', site, fetchBytes)).toBeUndefined();
  expect(await exampleAddress('?context=-1', site, fetchBytes)).toBeUndefined();
  expect(await exampleAddress('', site, fetchBytes)).toBeUndefined();
});

test('a context that the run does not have is said by its number, with those that it has, and is not fetched', async () => {
  const before = asked.length;
  await expect(exampleAddress('?context=99999', site, fetchBytes)).rejects.toThrow(
    `this run has no context 99999 (it has 0 to ${contextsPerPiece + 2})`,
  );
  expect(asked).toHaveLength(before);
});

test('a position past the context ends with the context', async () => {
  const query = await exampleAddress(`?context=${contextsPerPiece + 2}&target=1/7@50`, site, fetchBytes);
  expect(decodeView(query ?? '').view).toMatchObject({ prompts: [{ ids: [99, 20, 21, 22] }], position: 3 });
});
