import { expect, test } from 'vitest';
import { editedUnit, parseUnit } from '../../../../site/explorer/edits/edit-text.ts';

test('a feature is typed L/F, a head L.H, and both are named so', () => {
  for (const text of ['1/1112', '11.3']) {
    const unit = parseUnit(` ${text} `);
    expect(
      unit && editedUnit({ ...unit, action: 'zero', position: null }, ({ layer, feature }) => `${layer}/${feature}`),
    ).toBe(text);
  }
});

test.each(['', '1', '1/', 'a/b', '1/2/3', '1.2.3', '-1/2', '1 / 2'])('"%s" is neither', (text) => {
  expect(parseUnit(text)).toBe(null);
});
