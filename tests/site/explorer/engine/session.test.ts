import { describe, expect, it } from 'vitest';
import type { ExplorerSession, PassResult, Target } from '../../../../site/explorer/protocol.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';

const tolerance = 5;

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const run = (session: ExplorerSession) => session.run({ ids, edits: [] });

/** Every active feature of a layer at the last positions, as targets. */
function targetsOf({ layers }: PassResult, layer: number): Target[] {
  const found = layers.find((candidate) => candidate.layer === layer);
  const positions = [...(found?.positions ?? [])];
  return positions.flatMap((position, i) =>
    position >= 6 && found ? [{ layer, feature: found.features[i] ?? 0, position }] : [],
  );
}

describe.each([
  { saes: ['relu', 'jumprelu', 'topk'] as const, layers: [0, 1, 2] },
  { saes: ['jumprelu', null, 'relu'] as const, layers: [0, 2] },
  { saes: ['layer_norm', 'constant_norm_rescale', 'layer_norm'] as const, layers: [0, 1, 2] },
  { saes: ['constant_norm_rescale', 'gated', 'gated'] as const, layers: [0, 1, 2] },
  { saes: ['relu', 'relu', 'jumprelu'] as const, layers: [0, 1, 2], folded: 'value_and_norm' as const },
  { saes: ['topk', null, 'relu'] as const, layers: [0, 2], folded: 'value' as const },
])('a session with SAEs $saes, folded biases $folded', ({ saes, layers, folded }) => {
  it.each(layers)('gives DFA that sums with the constant to the pre-activation (layer %i)', async (layer) => {
    const { session } = await openTiny(saes, undefined, folded);
    const targets = targetsOf(await run(session), layer);
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) {
      const { byHeadAndSource, constant, preActivation } = await session.attribution(ids, target);
      expect(byHeadAndSource).toHaveLength(2 * (target.position + 1));
      expect(sum(byHeadAndSource) + constant).toBeCloseTo(preActivation, tolerance);
      const along = await session.activations({ ids, edits: [] }, layer, target.feature);
      expect(along[target.position]).toBeCloseTo(preActivation, tolerance);
    }
  });

  it('takes the pre-activation apart without loss, as a whole and source by source', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    const targets = targetsOf(await run(session), 2);
    expect(targets.length).toBeGreaterThan(3);
    for (const target of targets) {
      const { byHeadAndSource, preActivation } = await session.attribution(ids, target);
      const whole = await session.decompose(ids, target, null, 0.05);
      expect(whole.pruned).toBeGreaterThan(0);
      const terms = sum(whole.terms.map(({ attribution }) => attribution));
      expect(terms + whole.remainder + whole.constant).toBeCloseTo(preActivation, tolerance);
      for (let source = 0; source <= target.position; source++) {
        const part = await session.decompose(ids, target, source, 0.05);
        const ofSource = byHeadAndSource.filter((_, i) => i % (target.position + 1) === source);
        const found = sum(part.terms.map(({ attribution }) => attribution)) + part.remainder;
        expect(found, `source ${source}`).toBeCloseTo(sum(ofSource), tolerance);
        expect(part.terms.every((term) => term.source === source)).toBe(true);
      }
    }
  });

  it('takes a score apart into pairs that sum to the forward pass’s own', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    const length = ids.length;
    const patterns = await session.patterns({ ids, edits: [] }, 2);
    for (const head of [0, 1]) {
      for (const [destination, source] of [
        [8, 0],
        [8, 3],
        [5, 5],
      ] as const) {
        const score = await session.score(ids, { layer: 2, head, destination, source });
        expect(sum(score.pairs)).toBeCloseTo(score.score, tolerance);
        expect(score.attention).toBe(patterns[(head * length + destination) * length + source]);
      }
    }
  });

  it('grows a graph from the pre-activation', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    const [target] = targetsOf(await run(session), 2);
    if (!target) throw new Error('no active feature');
    const { nodes } = await session.graph(ids, target, { maxDepth: 2, minShare: 0.01 });
    const { preActivation } = await session.attribution(ids, target);
    expect(nodes[0]?.attribution).toBeCloseTo(preActivation, tolerance);
    expect(nodes.some(({ depth }) => depth === 2)).toBe(true);
  });
});
