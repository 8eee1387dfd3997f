import { expect, test } from 'vitest';
import { otherAddress } from '../../../site/pack/other-address.ts';

test.each([
  ['f/5/123.html', 'f/5.html?123', undefined],
  ['f/5-16k/123', 'f/5-16k.html?123', undefined],
  ['f/5.html?123', undefined, 'f/5/123.html'],
  ['f/5?123', undefined, 'f/5/123.html'],
  ['f/5/123.html?shade=attribution', 'f/5.html?123', undefined],
  ['h/5/7.html', undefined, undefined],
  ['f/5.html', undefined, undefined],
])('%s is at %s where features are packed, at %s where they are not', (asked, packed, plain) => {
  expect(otherAddress(asked, { isPacked: true })).toBe(packed);
  expect(otherAddress(asked, { isPacked: false })).toBe(plain);
});
