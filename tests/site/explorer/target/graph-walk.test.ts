import { expect, test } from 'vitest';
import { graphLayout } from '../../../../site/explorer/target/graph-layout.ts';
import { neighbour } from '../../../../site/explorer/target/graph-walk.ts';
import { exampleGraph } from './example-graph.ts';

const layout = graphLayout(exampleGraph);

test('an arrow key leads that way, and nowhere from the last node that way', () => {
  for (const from of layout.nodes) {
    const right = neighbour(layout, from, 'ArrowRight');
    if (right) expect(right.x).toBeGreaterThan(from.x);
    else expect(from.x).toBe(Math.max(...layout.nodes.map(({ x }) => x)));
    const down = neighbour(layout, from, 'ArrowDown');
    if (down) expect(down.y).toBeGreaterThan(from.y);
    else expect(from.y).toBe(Math.max(...layout.nodes.map(({ y }) => y)));
  }
});

test('every node can be reached from the first by arrow keys', () => {
  const [first] = layout.nodes;
  if (!first) throw new Error('the graph has nodes');
  const reached = new Set([first]);
  for (const from of reached) {
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
      const next = neighbour(layout, from, key);
      if (next) reached.add(next);
    }
  }
  expect(reached.size).toBe(layout.nodes.length);
});

test('other keys lead nowhere', () => {
  const [first] = layout.nodes;
  if (!first) throw new Error('the graph has nodes');
  expect(neighbour(layout, first, 'Enter')).toBeUndefined();
});
