import { expect, test } from 'vitest';
import { hostileTokens } from '../../../../bench/synthetic/hostile-tokens.ts';
import { circuitReport } from '../../../../site/explorer/target/circuit-report.ts';
import { noMarks } from '../../../../site/explorer/url/empty-view.ts';
import type { Unit } from '../../../../site/explorer/view.ts';
import { exampleGraph } from './example-graph.ts';

test('a report is JSON that has every number and token again', () => {
  const target = { layer: 1, feature: 4, position: 1 };
  const tokens = { ids: hostileTokens.map((_, id) => id), texts: hostileTokens, cut: 0 };
  const attribution = {
    target,
    byHeadAndSource: Float32Array.of(0.5, -1.25),
    constant: 0.125,
    outputBias: 0,
    preActivation: -0.625,
  };
  const view = { trail: [target], source: null, edge: null, logit: null, marks: noMarks, graph: null };
  const labels = (_: number, feature: number) => ({
    ...{ sae: '1-b', family: null, promotes: [] },
    name: () => (feature === 4 ? { text: hostileTokens.join(''), isRule: true, isAtChance: false } : undefined),
  });
  const report = JSON.parse(circuitReport('tiny', tokens, view, { attribution, graph: exampleGraph }, labels));
  expect(report.attribution).toEqual({ ...attribution, byHeadAndSource: [0.5, -1.25] });
  expect(report.graph).toEqual(exampleGraph);
  expect(report.tokens.map(({ text }: { text: string }) => text)).toEqual(hostileTokens);
  expect(report).not.toHaveProperty('score');
  expect(report.features[0]).toMatchObject({
    sae: '1-b',
    layer: 1,
    feature: 4,
    name: hostileTokens.join(''),
    named_by: 'rule',
  });
  const ofGraph = exampleGraph.nodes.filter(({ feature }) => feature !== null);
  const units = new Set(['1/4', ...ofGraph.map(({ layer, feature }) => `${layer}/${feature}`)]);
  expect(report.features.map((unit: Unit) => `${unit.layer}/${unit.feature}`).toSorted()).toEqual(
    [...units].toSorted(),
  );
});
