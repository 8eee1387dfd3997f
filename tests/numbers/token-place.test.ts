import { expect, test } from 'vitest';
import { contextOfToken, positionOfToken, tokenAt } from '../../pipeline/numbers/token-place.ts';

test('a token number is taken apart into the context and position that it was made of', () => {
  const places = [0, 1, 6].flatMap((context) => [0, 1, 127].map((position) => ({ context, position })));
  for (const place of places) {
    const token = tokenAt(place.context, place.position, 128);
    expect({ context: contextOfToken(token, 128), position: positionOfToken(token, 128) }).toEqual(place);
  }
});
