import type {
  AttributionEdge,
  AttributionGraph,
  AttributionNode,
} from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import type { GraphMarks, NodeGroup } from '../view.ts';
import { intoRemainders } from './into-remainders.ts';

const groupMark = 'group:';

/** The name of a group that a drawn node stands for; undefined for a node of its own. */
export const groupName = ({ id }: Pick<AttributionNode, 'id'>): string | undefined =>
  id.startsWith(groupMark) ? id.slice(groupMark.length) : undefined;

/** The graph as marked: groups as one node each, and nothing but marked nodes where that is asked for. */
export function markGraph(graph: AttributionGraph, { pins, groups, pinnedOnly }: GraphMarks): AttributionGraph {
  const grouped = groups.reduce(mergeGroup, graph);
  if (!pinnedOnly) return grouped;
  const [root] = graph.nodes;
  const kept = new Set([...pins, ...groups.map(({ name }) => groupMark + name), ...(root ? [root.id] : [])]);
  return keepNodes(grouped, (id) => kept.has(id));
}

/**
 * A group's nodes as one: what others read of its nodes is its attribution, edges within it are left out, and what it
 * reads and its remainder sum to its attribution as they do in any node. It stands where its strongest node does.
 */
function mergeGroup(graph: AttributionGraph, { name, ids }: NodeGroup): AttributionGraph {
  const [root] = graph.nodes;
  const members = graph.nodes.filter((node) => ids.includes(node.id) && node !== root);
  const inside = new Set(members.map(({ id }) => id));
  const [first] = members.toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
  if (!first) return graph;
  const edges = graph.edges.filter(({ from, to }) => !(inside.has(from) && inside.has(to)));
  const entering = edges.filter(({ to }) => inside.has(to));
  const merged: AttributionNode = {
    ...first,
    id: groupMark + name,
    attribution: sum(entering.map(({ attribution }) => attribution)),
    remainder: sum(members.map(({ remainder }) => remainder)),
    value: null,
    pruned: members.some(({ pruned }) => pruned !== null) ? sum(members.map(({ pruned }) => pruned ?? 0)) : null,
  };
  const moved = (id: string) => (inside.has(id) ? merged.id : id);
  return {
    nodes: graph.nodes.flatMap((node) => (node === first ? [merged] : inside.has(node.id) ? [] : [node])),
    edges: joined(edges.map((edge) => ({ ...edge, from: moved(edge.from), to: moved(edge.to) }))),
  };
}

/** Parallel edges as one, which is named after the strongest's head. */
function joined(edges: readonly AttributionEdge[]): AttributionEdge[] {
  const byEnds = Map.groupBy(edges, ({ from, to }) => `${from} ${to}`);
  return [...byEnds.values()].map((parallel) => {
    const [strongest] = parallel.toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    return { ...strongest, attribution: sum(parallel.map(({ attribution }) => attribution)) };
  });
}

/** Some of a graph's nodes; what edges to the others carried is in their readers' remainders. */
export function keepNodes({ nodes, edges }: AttributionGraph, isKept: (id: string) => boolean): AttributionGraph {
  return {
    nodes: intoRemainders(
      nodes.filter(({ id }) => isKept(id)),
      edges.filter(({ to }) => !isKept(to)),
    ),
    edges: edges.filter(({ from, to }) => isKept(from) && isKept(to)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A node pinned, or no longer so. */
export function togglePin(marks: GraphMarks, id: string): GraphMarks {
  const isPinned = marks.pins.includes(id);
  return { ...marks, pins: isPinned ? marks.pins.filter((other) => other !== id) : [...marks.pins, id] };
}

/** Nodes as a group of their own, taken out of the groups and pins that they were in. */
export function makeGroup(marks: GraphMarks, ids: readonly string[], name: string): GraphMarks {
  const others = marks.groups.map((group) => ({ ...group, ids: group.ids.filter((id) => !ids.includes(id)) }));
  const groups = [...others, { name: freeName(name, others), ids }].filter((group) => group.ids.length > 0);
  return { ...marks, groups, pins: marks.pins.filter((id) => !ids.includes(id)) };
}

/** A group's nodes on their own again, pinned. */
export function dissolve(marks: GraphMarks, name: string): GraphMarks {
  const own = marks.groups.find((group) => group.name === name);
  return {
    ...marks,
    groups: marks.groups.filter((group) => group !== own),
    pins: [...new Set([...marks.pins, ...(own?.ids ?? [])])],
  };
}

export function renameGroup(marks: GraphMarks, name: string, next: string): GraphMarks {
  const others = marks.groups.filter((group) => group.name !== name);
  const groups = marks.groups.map((group) =>
    group.name === name ? { ...group, name: freeName(next, others) } : group,
  );
  return { ...marks, groups };
}

/** A name that no other group has. */
function freeName(name: string, others: readonly NodeGroup[]): string {
  const isTaken = (candidate: string) => others.some((group) => group.name === candidate);
  const base = name.trim() || 'group';
  let free = base;
  for (let i = 2; isTaken(free); i++) free = `${base} ${i}`;
  return free;
}
