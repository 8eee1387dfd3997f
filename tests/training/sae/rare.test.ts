import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { ActivationBlock, blockBytes, inMemory } from '../../../pipeline/training/sae/block.ts';
import { compileEncoder, encodeBatch } from '../../../pipeline/training/sae/encoder.ts';
import { lowerRareThresholds } from '../../../pipeline/training/sae/rare.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import { createState } from '../../../pipeline/training/sae/state.ts';

const shape = { dIn: 6, dSae: 5, batch: 1024 };
const width = widthOf(shape);
const TOKENS = 100 * 1024;
const THRESHOLD = 0.8;
/**
 * Of these features each reads its own axis, and writes there; but the third makes the error of its tokens greater, and the last
 * writes another axis, where that of all but its four greatest activations becomes greater.
 */
const [OFTEN, USEFUL, HARMFUL, SELDOM, PARTLY, WRITTEN] = [0, 1, 2, 3, 4, 5];
const helpsFrom = 70_000;

/** What a token has along each axis: most weakly, once in 10,000 tokens; the fourth strongly, in two. */
function amplitude(token: number, axis: number): number {
  if (axis === WRITTEN) return token % 10_000 !== PARTLY ? 0 : token >= helpsFrom ? amplitude(token, PARTLY) : -1;
  if (axis === OFTEN) return 1;
  if (axis === SELDOM) return token === 5 || token === 50_005 ? 2 : token % 10_000 === 5 ? 0.25 + token / 2 ** 20 : 0;
  return token % 10_000 === axis ? 0.5 + token / 2 ** 20 : 0;
}

function blockOf(value: (token: number, axis: number) => number): ActivationBlock {
  const rows = { layers: 1, dIn: shape.dIn, tokens: TOKENS };
  const block = new ActivationBlock(rows, inMemory(blockBytes(rows)));
  const plain = { mean: new Float32Array(shape.dIn), scale: 1, maxNorm: Number.POSITIVE_INFINITY };
  const x = Float32Array.from({ length: TOKENS * shape.dIn }, (_, i) =>
    value(Math.floor(i / shape.dIn), i % shape.dIn),
  );
  block.put([x], [plain]);
  return block;
}

async function untrained(entries = shape.batch * 4) {
  const state = await createState({ ...shape, entries, auxEntries: shape.batch * 4, groups: 1 });
  for (let feature = 0; feature < shape.dSae; feature++) {
    state.parameters.wEnc.p[feature * width + feature] = 1;
    const written = feature === PARTLY ? WRITTEN : feature;
    state.parameters.wDec.p[feature * width + written] = feature === HARMFUL ? -1 : 1;
  }
  const block = blockOf(amplitude);
  const withoutRare = blockOf((_, axis) => (axis === OFTEN ? 1 : 0));
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const encoder = await compileEncoder(engine, shape);
  const options = { engine, encoder, index: 0, threshold: THRESHOLD };
  const lowered = (mostTokens: number, blocks = [block]) =>
    lowerRareThresholds(state, { ...options, mostTokens, blocks: blocks.map((each) => async () => each) });
  const activations = async () => {
    const counts = new Array(shape.dSae).fill(0);
    for (let first = 0; first < TOKENS; first += shape.batch) {
      const tokens = Int32Array.from({ length: shape.batch }, (_, i) => first + i);
      block.read(0, tokens, state.floats.x, width);
      await encodeBatch(encoder, state);
      state.floats.pre.subarray(0, shape.batch * shape.dSae).forEach((pre, at) => {
        const feature = at % shape.dSae;
        if (pre > THRESHOLD + (state.parameters.theta.p[feature] ?? 0)) counts[feature]++;
      });
    }
    return counts;
  };
  return { state, block, withoutRare, lowered, activations };
}

describe('lowerRareThresholds', () => {
  it('lets a rare feature be active once in 20,000 tokens, or as often below that as lessens the error, and no other', async () => {
    const { state, lowered, activations } = await untrained();
    expect(await activations()).toEqual([TOKENS, 0, 0, 2, 0]);
    expect(await lowered(TOKENS)).toBe(3);
    const wanted = TOKENS / 20_000;
    expect(await activations()).toEqual([TOKENS, Math.floor(wanted), 0, Math.floor(wanted), 4]);
    const { p: theta } = state.parameters.theta;
    expect([theta[OFTEN], theta[HARMFUL]]).toEqual([0, 0]);
    expect(theta[USEFUL] ?? 0).toBeLessThan(0);
  });

  it('looks in all blocks for features that are active too seldom in the last', async () => {
    const { block, withoutRare, lowered, activations } = await untrained();
    expect(await lowered(TOKENS, [withoutRare])).toBe(0);
    expect(await lowered(TOKENS, [block, withoutRare])).toBe(3);
    const wanted = Math.floor((2 * TOKENS) / 20_000);
    expect(await activations()).toEqual([TOKENS, wanted, 0, wanted, 4]);
  });

  it('leaves all as they are where more are active than there is room for', async () => {
    const { state, lowered } = await untrained(shape.batch / 2);
    expect(await lowered(TOKENS)).toBe(0);
    expect([...state.parameters.theta.p.subarray(0, shape.dSae)]).toEqual(new Array(shape.dSae).fill(0));
  });

  it('leaves all as they are where the tokens are too few to tell', async () => {
    const { state, lowered, activations } = await untrained();
    expect(await lowered(59_000)).toBe(0);
    expect([...state.parameters.theta.p.subarray(0, shape.dSae)]).toEqual(new Array(shape.dSae).fill(0));
    expect(await activations()).toEqual([TOKENS, 0, 0, 2, 0]);
  });
});
