import { describe, expect, it } from 'vitest';
import type { MeasuredEffects } from '../../../../site/explorer/protocol.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';

const tolerance = 4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const logit = { position: ids.length - 1, tokenId: 104, minusTokenId: 33 };

describe.each([
  { saes: ['relu', 'jumprelu', 'topk'] as const },
  { saes: ['jumprelu', null, 'relu'] as const },
  { saes: ['layer_norm', 'constant_norm_rescale', 'layer_norm'] as const },
  { saes: ['relu', 'relu', 'jumprelu'] as const, folded: 'value_and_norm' as const },
])('a session with SAEs $saes, folded biases $folded', ({ saes, folded }) => {
  it('takes a difference of logits apart, by component and by head, as the forward pass has it', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    const [a = Number.NaN, b = Number.NaN] = await session.logits({ ids, edits: [] }, logit.position, [104, 33]);
    const { terms, byHead, outputBias, uncapped, logit: whole, slopes } = await session.logit(ids, logit);
    expect(uncapped).toBeCloseTo(a - b, tolerance);
    expect(whole).toBe(uncapped);
    expect(slopes).toEqual([]);
    expect(sum(terms.map(({ attribution }) => attribution))).toBeCloseTo(uncapped, tolerance);
    const beside = terms.filter(({ component }) => /embedding|position|mlp|bias$/.test(component.kind));
    const own = beside.filter(
      ({ component }) => !['decoder_bias', 'folded_bias', 'output_bias'].includes(component.kind),
    );
    expect(sum([...own.map(({ attribution }) => attribution), ...byHead, ...outputBias])).toBeCloseTo(
      uncapped,
      tolerance,
    );
  });

  it('gives a logit the probability of its token, and a difference none', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    expect((await session.logit(ids, logit)).probability).toBe(null);
    const { predictions } = await session.run({ ids, edits: [] });
    for (const { tokenId, probability } of predictions[logit.position].slice(0, 3)) {
      const explained = await session.logit(ids, { ...logit, tokenId, minusTokenId: null });
      expect(explained.probability).toBeCloseTo(probability, 6);
    }
  });

  it('grows a graph from a logit down to embeddings', async () => {
    const { session } = await openTiny(saes, undefined, folded);
    const { nodes } = await session.graph(ids, logit, { maxDepth: 4, minShare: 0.001 });
    const { uncapped } = await session.logit(ids, logit);
    expect(nodes[0]).toMatchObject({ kind: 'logit', position: logit.position });
    expect(nodes[0]?.attribution).toBeCloseTo(uncapped, tolerance);
    expect(new Set(nodes.map(({ kind }) => kind))).toContain('embedding');
    expect(nodes.some(({ position }) => position !== null && position < logit.position)).toBe(true);
  });

  it.each([logit.position, logit.position - 3])(
    'measures ablations as the edited passes have them (position %i)',
    async (position) => {
      const { session } = await openTiny(saes, undefined, folded);
      const parts: MeasuredEffects[] = [];
      await session.effects(ids, { logit, position }, (part) => parts.push(part) > 0);
      const { layers } = await session.run({ ids, edits: [] });
      const active = layers.flatMap(({ layer, features, positions }) =>
        [...features].flatMap((feature, i) => (positions[i] === position ? [`${layer}/${feature}`] : [])),
      );
      const measured = parts.flatMap(({ layer, features }) => [...features].map((feature) => `${layer}/${feature}`));
      expect(measured.toSorted()).toEqual(active.toSorted());
      expect(parts.at(-1)).toMatchObject({ done: active.length, total: active.length });
      const [a = 0, b = 0] = await session.logits({ ids, edits: [] }, logit.position, [104, 33]);
      for (const { layer, features, effects } of parts) {
        const edits = [{ kind: 'feature', action: 'zero', layer, feature: features[0] ?? 0, position } as const];
        const [after = Number.NaN, other = Number.NaN] = await session.logits(
          { ids, edits },
          logit.position,
          [104, 33],
        );
        expect(effects[0]).toBeCloseTo(after - other - (a - b), tolerance);
      }
    },
  );
});

it('stops measuring once its reader asks it to', async () => {
  const { session } = await openTiny(['relu', 'relu', 'relu']);
  let parts = 0;
  await session.effects(ids, { logit, position: 5 }, () => ++parts < 2);
  expect(parts).toBe(2);
});

it.each([
  [{ ...logit, tokenId: 9999 }, 8],
  [{ ...logit, position: 9 }, 8],
  [{ ...logit, position: 4 }, 5],
])('refuses what is not there: %j, set to zero at %i', async (wrong, position) => {
  const { session } = await openTiny(['relu']);
  await expect(session.effects(ids, { logit: wrong, position }, () => true)).rejects.toThrow(
    /^unknown (token id|position): /,
  );
});
