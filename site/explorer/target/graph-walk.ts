import type { GraphLayout, PlacedNode } from './graph-layout.ts';

const ways: Readonly<Record<string, readonly [dx: number, dy: number] | undefined>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The node that an arrow key leads to: the nearest that way, what lies off the way counting thrice. */
export function neighbour({ nodes }: GraphLayout, from: PlacedNode, key: string): PlacedNode | undefined {
  const [dx, dy] = ways[key] ?? [0, 0];
  const reached = nodes.flatMap((node) => {
    const along = (node.x - from.x) * dx + (node.y - from.y) * dy;
    const aside = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
    return along > 0 ? [{ node, distance: along + 3 * aside }] : [];
  });
  return reached.toSorted((a, b) => a.distance - b.distance)[0]?.node;
}
