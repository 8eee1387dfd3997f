import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAddress } from '../../../../site/explorer/url/address.ts';
import { emptyView } from '../../../../site/explorer/url/empty-view.ts';
import { keptPrompts } from '../../../../site/explorer/url/kept-prompts.ts';
import type { ExplorerView } from '../../../../site/explorer/view.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A browser's history as far as the address goes: the entries up to the current one. */
function fakeWindow(shorten?: (view: ExplorerView) => ExplorerView) {
  const entries = ['/explorer'];
  const states: unknown[] = [null];
  const location = {
    pathname: '/explorer',
    get search() {
      return entries.at(-1)?.replace('/explorer', '') ?? '';
    },
  };
  const resolve = (url: string) => (url.startsWith('?') ? `/explorer${url}` : url);
  const history = {
    pushState(state: unknown, _title: string, url: string) {
      entries.push(resolve(url));
      states.push(state);
    },
    replaceState(state: unknown, _title: string, url: string) {
      entries.splice(-1, 1, resolve(url));
      states.splice(-1, 1, state);
    },
  };
  return { entries, states, address: createAddress({ history, location }, shorten) };
}

const typed = (text: string) => ({ ...emptyView, prompts: [{ text }] });

test('typing changes the entry once it pauses; a pick adds one, and what was typed stays in the entry before', () => {
  const { entries, address } = fakeWindow();
  for (const text of ['a', 'ab', 'abc']) address.replace(typed(text));
  expect(entries).toEqual(['/explorer']);
  vi.runAllTimers();
  expect(entries).toEqual(['/explorer?text=abc']);
  address.replace(typed('abcd'));
  address.push({ ...typed('abcd'), layer: 1 });
  expect(entries).toEqual(['/explorer?text=abcd', '/explorer?text=abcd&layer=1']);
  vi.runAllTimers();
  expect(entries).toHaveLength(2);
});

test('a pick that changes nothing adds no entry, and the empty view has an address without a query', () => {
  const { entries, address } = fakeWindow();
  address.push(emptyView);
  address.push({ ...emptyView, layer: 1 });
  address.push({ ...emptyView, layer: 1 });
  address.push(emptyView);
  expect(entries).toEqual(['/explorer', '/explorer?layer=1', '/explorer']);
});

test('what was typed just before the back button is not written over the step before', () => {
  const { entries, address } = fakeWindow();
  address.push(typed('a'));
  address.replace(typed('ab'));
  entries.pop();
  address.forget();
  vi.runAllTimers();
  expect(entries).toEqual(['/explorer']);
});

test('of a prompt that is cut the address has less, and the entry of the history keeps what was typed', () => {
  const { entries, states, address } = fakeWindow((view) => ({ ...view, prompts: [{ ids: [0, 1] }] }));
  address.replace(typed('abc'));
  vi.runAllTimers();
  expect([entries.at(-1), keptPrompts(states.at(-1))]).toEqual(['/explorer?ids=0,1', [{ text: 'abc' }]]);
  address.push({ ...emptyView, prompts: [{ text: 'abcd' }, { text: 'b' }] });
  expect(entries).toEqual(['/explorer?ids=0,1']);
  expect(keptPrompts(states.at(-1))).toEqual([{ text: 'abcd' }, { text: 'b' }]);
});

test('an entry whose address has all of the prompt keeps nothing else', () => {
  const { states, address } = fakeWindow();
  address.push(typed('a'));
  expect(states).toEqual([null, null]);
});

test.each([[null], ['text'], [{}], [{ prompts: [] }], [{ prompts: [{ text: 1 }] }], [{ prompts: [{ ids: ['1'] }] }]])(
  'a state that holds no prompts is none of the explorer’s: %j',
  (state) => expect(keptPrompts(state)).toBe(undefined),
);
