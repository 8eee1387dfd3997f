import { expect, test } from 'vitest';
import { UserError } from '../../pipeline/index.ts';
import { checkNode } from '../../pipeline/library/check-node.ts';

const { isNewEnough } = await import(new URL('../../bin/newer-node.mjs', import.meta.url).href);

test.each(['22.12.0', '22.23.3', '23.0.0', '24.1.0'])('Node %s runs it', (node) => {
  expect(() => checkNode(node)).not.toThrow();
  expect(isNewEnough(node)).toBe(true);
});

test.each(['18.20.4', '20.19.0', '22.9.0', '22.11.0'])('Node %s is too old, which is said in one line', (node) => {
  expect(() => checkNode(node)).toThrow(UserError);
  expect(() => checkNode(node)).toThrow(`Node is ${node}, expected 22.12 or newer`);
  expect(isNewEnough(node)).toBe(false);
});
