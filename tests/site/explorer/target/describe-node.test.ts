import { expect, test } from 'vitest';
import { describeNode } from '../../../../site/explorer/target/describe-node.ts';
import { groupName } from '../../../../site/explorer/target/mark-graph.ts';
import { shortened } from '../../../../site/explorer/target/shortened.ts';
import { exampleNodes } from './example-graph.ts';

const tokens = { ids: [], texts: Array.from({ length: 10 }, (_, i) => ` t${i}`), cut: 0 };
const labels = (layer: number) =>
  layer === 1 ? { sae: '1', family: 'induction', promotes: [], name: () => undefined } : undefined;

test('a node is said with its family, place, share of the root, and what was pruned below it', () => {
  const { root, through, aside, constant } = exampleNodes;
  const said = (node: typeof root) => describeNode(node, { whole: root.attribution }, tokens, labels);
  expect(said(root)).toBe('Feature 2/5 at ·t9 (9): +8.00, 100% of the root; +0.500 in 30 smaller terms');
  expect(said(through)).toBe('Feature 1/7, induction, at ·t4 (4): +5.00, 63% of the root; −1.00 in 9 smaller terms');
  expect(said({ ...root, pruned: 1 })).toContain('+0.500 in 1 smaller term');
  expect(said({ ...root, pruned: 2026 })).toContain('in 2,026 smaller terms');
  expect(said(aside)).not.toContain('smaller');
  expect(said(constant)).toBe('Encoder constant: −0.500, −6.3% of the root');
});

test('a feature is said with what it is called, a group by its own name alone', () => {
  const { root, through } = exampleNodes;
  const named = (isRule: boolean) => () => ({
    ...{ sae: '1', family: 'induction', promotes: [] },
    name: () => ({ text: isRule ? 'reads ` id`' : 'names after <b>', isRule, isAtChance: !isRule }),
  });
  const said = (node: typeof root, isRule: boolean) =>
    describeNode(node, { whole: root.attribution, name: groupName(node) }, tokens, named(isRule));
  expect(said(through, true)).toContain('Feature 1/7, reads “·id” (by rule), at ·t4');
  expect(said(through, false)).toContain('Feature 1/7, names after <b> (score at chance), at ·t4');
  expect(said({ ...through, id: 'group:movers' }, false)).toMatch(/^movers at ·t4/);
});

test('a text is cut by characters, not by their halves', () => {
  expect(shortened('abc', 3)).toBe('abc');
  expect(shortened('abcd', 3)).toBe('ab…');
  expect(shortened('👩👩👩👩', 3)).toBe('👩👩…');
});
