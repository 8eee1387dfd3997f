import { expect, test } from 'vitest';
import { parseGraphFile } from '../../../../site/explorer/graph-file/circuit-tracer-file.ts';
import { fromCircuitTracer } from '../../../../site/explorer/graph-file/from-circuit-tracer.ts';
import { pruneGraph } from '../../../../site/explorer/graph-file/prune-graph.ts';
import { toCircuitTracer } from '../../../../site/explorer/graph-file/to-circuit-tracer.ts';
import { makeGroup, togglePin } from '../../../../site/explorer/target/mark-graph.ts';
import { noMarks } from '../../../../site/explorer/url/empty-view.ts';
import type { FeatureName } from '../../../../site/page-kit/feature-name.ts';
import { graphEdge, graphNode } from '../target/example-graph.ts';

const root = graphNode({ kind: 'logit', layer: null, position: 2, attribution: 4, remainder: 1, value: 4, pruned: 7 });
// Carries 3 of the root, of a pre-activation of 12: its weights are four times what they carry.
const feature = graphNode({
  kind: 'feature',
  layer: 1,
  feature: 9,
  position: 2,
  attribution: 3,
  remainder: 0.5,
  value: 12,
  pruned: 2,
});
const mlp = graphNode({ kind: 'mlp', layer: 0, position: 1, attribution: 2.75 });
const token = graphNode({ kind: 'embedding', layer: null, position: 1, attribution: -0.5 });
const constant = graphNode({ kind: 'constant', layer: 1, feature: 9, position: null, attribution: 0.25 });
const graph = {
  nodes: [root, feature, constant, mlp, token],
  edges: [
    graphEdge(root, feature, 3),
    graphEdge(feature, mlp, 2.75),
    graphEdge(feature, token, -0.5),
    graphEdge(feature, constant, 0.25),
  ],
};
const context = {
  modelName: 'tiny',
  saes: ['0', '1-b'],
  nLayers: 2,
  tokens: { ids: [90, 91, 92], texts: ['<s>', ' a', ' b'], cut: 0 },
  marks: makeGroup(togglePin(noMarks, feature.id), [mlp.id, token.id], 'inputs: of 1/9'),
  rule: { maxDepth: 3, minShare: 0.02 },
  rootName: 'logit · x − · y',
  logit: { position: 2, tokenId: 7, minusTokenId: 8 },
  labels: () => ({
    sae: '1-b',
    family: 'induction',
    promotes: [' x', ' z'],
    name: (): FeatureName | undefined => undefined,
  }),
  probability: 0.25,
};
const file = toCircuitTracer(graph, context);
const reread = (written: object) => fromCircuitTracer(parseGraphFile(JSON.stringify(written), 'graph.json'));

test('a graph is written with the fields and ids of circuit-tracer, links pointing to what reads', () => {
  expect(
    file.nodes.map(({ node_id, layer, ctx_idx, feature_type }) => [node_id, layer, ctx_idx, feature_type]),
  ).toEqual([
    ['3_7_2', '3', 2, 'logit'],
    ['1_9_2', '1', 2, 'cross layer transcoder'],
    ['constant_1_9_2', '1', 2, 'constant'],
    ['mlp_0_1', '0', 1, 'mlp'],
    ['E_91_1', 'E', 1, 'embedding'],
  ]);
  expect(file.nodes[0]).toMatchObject({
    is_target_logit: true,
    token_prob: 0.25,
    clerp: 'Output "· x − · y" (p=0.250)',
  });
  expect(file.nodes[1]).toMatchObject({
    feature: 9,
    activation: 12,
    influence: 0.75,
    clerp: 'induction, promotes  x  z',
  });
  expect(file.links.map(({ source, target, weight }) => [source, target, weight])).toEqual([
    ['1_9_2', '3_7_2', 3],
    ['mlp_0_1', '1_9_2', 11],
    ['E_91_1', '1_9_2', -2],
    ['constant_1_9_2', '1_9_2', 1],
  ]);
  expect(file.qParams).toMatchObject({
    pinnedIds: ['1_9_2', 'mlp_0_1', 'E_91_1'],
    supernodes: [['inputs: of 1/9', 'mlp_0_1', 'E_91_1']],
    clickedId: '3_7_2',
  });
});

test('without a probability none is written, as 0.000 would be one', () => {
  const [logit] = toCircuitTracer(graph, { ...context, probability: null }).nodes;
  expect(logit?.clerp).toBe('Output "· x − · y"');
  expect(logit).not.toHaveProperty('token_prob');
});

test('a feature is called by its label or its summary, which tells that a rule made it', () => {
  const called = (name: FeatureName) => {
    const labels = () => ({ sae: '1-b', family: 'induction', promotes: [' x'], name: () => name });
    return toCircuitTracer(graph, { ...context, labels }).nodes[1]?.clerp;
  };
  expect(called({ text: 'the "second" <b>', isRule: false, isAtChance: false })).toBe('the "second" <b>');
  expect(called({ text: 'active on ` x`', isRule: true, isAtChance: false })).toBe('active on “·x” (by rule)');
});

test('what was written is read back: sums, places, marks, tokens and root', () => {
  const read = reread(file);
  expect(read).toMatchObject({ isOwn: true, modelName: 'tiny', ids: [90, 91, 92], logit: context.logit });
  expect(read.marks).toEqual({
    pins: ['1_9_2'],
    groups: [{ name: 'inputs: of 1/9', ids: ['mlp_0_1', 'E_91_1'] }],
    pinnedOnly: false,
  });
  const nodesOf = ({ nodes }: typeof graph) =>
    nodes.map(({ kind, layer, feature: unit, position, attribution, remainder, pruned }) => [
      kind,
      layer,
      unit,
      position,
      attribution,
      remainder,
      pruned,
    ]);
  expect(nodesOf({ ...graph, nodes: [...read.graph.nodes] })).toEqual(nodesOf(graph));
  expect(read.graph.edges.map(({ attribution, head }) => [attribution, head])).toEqual(
    graph.edges.map(({ attribution, head }) => [attribution, head]),
  );
});

test('a graph is opened as it was left: how far it was followed, and its marked nodes alone', () => {
  const marks = { ...context.marks, pinnedOnly: true };
  const left = reread(toCircuitTracer(graph, { ...context, marks, rule: { maxDepth: 2, minShare: 0.005 } }));
  expect(left.rule).toEqual({ maxDepth: 2, minShare: 0.005 });
  expect(left.marks.pinnedOnly).toBe(true);
  const { metadata } = file;
  expect(reread({ ...file, metadata: { ...metadata, generation_settings: { min_share: 'low' } } }).rule).toEqual({
    maxDepth: 3,
    minShare: 0.02,
  });
});

test('at the share it was left at nothing of a graph changes; at a larger one the terms left out are counted', () => {
  const { graph: whole, rule } = reread(file);
  expect(pruneGraph(whole, rule.minShare, new Set())).toEqual(whole);
  const [, pruned] = pruneGraph(whole, 0.2, new Set()).nodes;
  expect(pruned).toMatchObject({ attribution: 3, remainder: 0.25, pruned: 4 });
});

test('shares of a difference whose terms cancel are of the largest term, as where it is drawn', () => {
  const difference = { ...root, attribution: 0.1, remainder: -0.15 };
  const terms = [graphEdge(difference, feature, 3), graphEdge(difference, token, -2.75)];
  const pruned = pruneGraph({ nodes: [difference, feature, token], edges: terms }, 0.95, new Set());
  expect(pruned.edges.map(({ attribution }) => attribution)).toEqual([3]);
});

test('nodes are called by their components and labels, as where the graph was drawn', () => {
  const name = { text: 'active on ` x`', isRule: true, isAtChance: false };
  const labels = () => ({ sae: '1-b', family: 'induction', promotes: [' x'], name: () => name });
  const { names, labels: known } = reread(toCircuitTracer(graph, { ...context, labels }));
  expect([...names]).toEqual([['3_7_2', { long: 'logit · x − · y', short: '· x − · y' }]]);
  expect(known(1, 9)).toMatchObject({ sae: '1-b', family: 'induction', promotes: [' x'] });
  expect(known(1, 9)?.name()).toEqual(name);
  expect(known(0, 0)).toBeUndefined();
});

test('a file without labels has features called by what it calls their nodes', () => {
  const nodes = file.nodes.map(({ label, ...node }) => node);
  const label = reread({ ...file, nodes }).labels(1, 9);
  expect(label?.sae).toBe('1');
  expect(label?.name()?.text).toBe('induction, promotes  x  z');
});

/** As circuit-tracer writes one: two outputs, a feature, an error, and tokens; weights of nodes on each other. */
const foreign = {
  metadata: {
    slug: 'other',
    scan: 'gemma-2-2b',
    transcoder_list: [],
    prompt_tokens: ['<bos>', 'A'],
    prompt: '<bos>A',
    node_threshold: 0.8,
  },
  qParams: { pinnedIds: ['5_3_1'], supernodes: [['S', 'E_2_0', 'gone']], linkType: 'both', clickedId: '', sg_pos: '' },
  nodes: [
    { node_id: 'E_2_0', feature: 0, layer: 'E', ctx_idx: 0, feature_type: 'embedding', jsNodeId: 'E_2-0', clerp: '' },
    {
      node_id: '5_3_1',
      feature: 3,
      layer: '5',
      ctx_idx: 1,
      feature_type: 'cross layer transcoder',
      jsNodeId: '5_3-0',
      clerp: 'capital',
      influence: 0.5,
      activation: 2,
    },
    {
      node_id: '0_2_1',
      feature: -1,
      layer: '2',
      ctx_idx: 1,
      feature_type: 'mlp reconstruction error',
      jsNodeId: '2_1-0',
      clerp: '',
    },
    {
      node_id: '27_8_1',
      feature: 8,
      layer: '27',
      ctx_idx: 1,
      feature_type: 'logit',
      token_prob: 0.25,
      is_target_logit: false,
      jsNodeId: 'L_8-1',
      clerp: 'Output "B" (p=0.250)',
    },
    {
      node_id: '27_7_1',
      feature: 7,
      layer: '27',
      ctx_idx: 1,
      feature_type: 'logit',
      token_prob: 0.5,
      is_target_logit: true,
      jsNodeId: 'L_7-1',
      clerp: 'Output "A" (p=0.500)',
    },
  ],
  links: [
    { source: '5_3_1', target: '27_7_1', weight: 3 },
    { source: '0_2_1', target: '27_7_1', weight: -1 },
    { source: 'E_2_0', target: '5_3_1', weight: 2 },
    { source: '0_2_1', target: '5_3_1', weight: 2 },
    { source: 'missing', target: '5_3_1', weight: 9 },
  ],
};

test('a graph of circuit-tracer is read by the shares of each node’s inputs, from its output down', () => {
  const { graph: read, marks, names, isOwn } = fromCircuitTracer(parseGraphFile(JSON.stringify(foreign), 'other.json'));
  expect(isOwn).toBe(false);
  expect(read.nodes.map(({ id, kind, layer, attribution }) => [id, kind, layer, attribution])).toEqual([
    ['27_7_1', 'logit', null, 0.5],
    ['27_8_1', 'logit', null, 0.25],
    ['5_3_1', 'feature', 5, 0.375],
    ['0_2_1', 'error', 2, -0.125 + 0.1875],
    ['E_2_0', 'embedding', null, 0.1875],
  ]);
  expect(marks).toEqual({ pins: ['5_3_1'], groups: [{ name: 'S', ids: ['E_2_0'] }], pinnedOnly: false });
  expect(names.get('5_3_1')).toEqual({ long: 'capital (5_3_1)', short: '5/3' });
  expect(names.get('27_7_1')?.short).toBe('A');
  expect(names.get('0_2_1')).toEqual({ long: 'mlp reconstruction error 0_2_1', short: 'error 2' });
  expect(names.get('E_2_0')?.short).toBe('token');
  const pruned = pruneGraph(read, 0.5, new Set());
  expect(pruned.nodes.map(({ id, remainder }) => [id, remainder])).toEqual([
    ['27_7_1', 0.125],
    ['5_3_1', 0.375],
  ]);
});

test.each([
  ['no JSON', '{', /^not a graph in circuit-tracer's format: the file is no JSON \(bad\.json\)$/],
  [
    'no nodes',
    JSON.stringify({ ...foreign, nodes: 3 }),
    /^not a graph in circuit-tracer's format: nodes: .* \(bad\.json\)$/,
  ],
  [
    'a link without weight',
    JSON.stringify({ ...foreign, links: [{ source: 'a', target: 'b' }] }),
    /: links\.0\.weight: /,
  ],
])('%s is refused with a sentence', (_, text, message) => {
  expect(() => parseGraphFile(text, 'bad.json')).toThrow(message);
});
