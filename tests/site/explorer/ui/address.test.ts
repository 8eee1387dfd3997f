import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAddress } from '../../../../site/explorer/url/address.ts';
import { emptyView } from '../../../../site/explorer/url/empty-view.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A browser's history as far as the address goes: the entries up to the current one. */
function fakeWindow() {
  const entries = ['/explorer'];
  const location = {
    pathname: '/explorer',
    get search() {
      return entries.at(-1)?.replace('/explorer', '') ?? '';
    },
  };
  const resolve = (url: string) => (url.startsWith('?') ? `/explorer${url}` : url);
  const history = {
    pushState: (_data: unknown, _title: string, url: string) => void entries.push(resolve(url)),
    replaceState: (_data: unknown, _title: string, url: string) => void entries.splice(-1, 1, resolve(url)),
  };
  return { entries, address: createAddress({ history, location }) };
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
