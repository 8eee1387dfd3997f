import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { type CutSae, measureContextCuts } from '../../../pipeline/measures/families/context-cuts.ts';
import { CutReader } from '../../../pipeline/measures/families/cut-reader.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { float32, sizeOf } from '../../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { rotaryCases } from '../../model/rotary-cases.ts';
import { memoryContexts } from '../studies/memory-contexts.ts';

const length = 24;
const dSae = 40;
const examples = 2;
const noProgress = { update() {}, end() {} };
let engine: Engine;
let model: Model;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const [llama] = rotaryCases();
  if (!llama) throw new Error('unreachable: there is one');
  ({ model } = llama);
});

const random = seededRandom(11);
/** The first two contexts end alike, so that equal cuts of theirs are shared. */
const bos = 39;
const texts = Array.from({ length: 6 }, () =>
  Int32Array.from({ length }, (_, i) => (i === 0 ? bos : Math.floor(random() * 30))),
);
texts[1]?.set(texts[0]?.subarray(8) ?? [], 8);
const contexts = memoryContexts(texts);

function randomSae(layer: number, width = dSae): Sae {
  const numbers = seededRandom(100 + layer);
  const dIn = 24;
  const filled = (...shape: number[]) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => numbers() - 0.5),
    );
  const weights = { wEnc: filled(dIn, width), bEnc: filled(width), wDec: filled(width, dIn), bDec: filled(dIn) };
  return {
    id: String(layer),
    layer,
    site: 'z',
    dIn,
    dSae: width,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    ...weights,
    source: '',
  };
}

/** Every feature's examples end the same contexts, and every verdict stays open. */
function cutSae(sae: Sae, own: Partial<CutSae> = {}): CutSae {
  const tops = [0, 1, 2].map((context) => ({ token: (context + 1) * length - 1, value: 1, record: context }));
  return { sae, top: () => tops, isOpen: () => true, explained: (feature) => feature, ...own };
}

const measure = (saes: readonly CutSae[], limit?: number) =>
  measureContextCuts({ engine, model, contexts, examples, saes, limit, progress: noProgress });

describe('contexts cut short', () => {
  it('give the same curves for several SAEs together as for each apart, to the bit, in fewer tokens', async () => {
    const saes = [cutSae(randomSae(0)), cutSae(randomSae(1))];
    const together = await measure(saes);
    const apart = [];
    for (const sae of saes) apart.push(await measure([sae]));
    for (const [i, { sae }] of saes.entries()) {
      expect(together.bySae.get(sae.id)).toEqual(apart[i]?.bySae.get(sae.id));
    }
    const sum = apart.reduce((tokens, { cost }) => tokens + cost.forwardTokens, 0);
    expect(together.cost.forwardTokens).toBe(sum / 2);
  });

  it('are run no deeper than the features that are read there, and once where they are the same tokens', async () => {
    const passes: string[] = [];
    const noting: Engine = {
      ...engine,
      compile(program) {
        passes.push(program.name);
        return engine.compile(program);
      },
    };
    const [low, high] = [randomSae(0), randomSae(1)];
    const reader = new CutReader({ engine: noting, model, contexts });
    const shared = [0, 1].map((context) => (context + 1) * length - 1);
    const cuts = [
      ...shared.map((token) => ({ sae: low, feature: 3, token })),
      ...shared.map((token) => ({ sae: high, feature: 5, token })),
      { sae: low, feature: 7, token: 4 * length - 1 },
    ];
    const measured = await reader.read(8, cuts);
    await reader.dispose();
    expect(passes.filter((name) => name.startsWith('the last of'))).toEqual([
      'the last of 9 tokens to layer 0',
      'the last of 9 tokens to layer 1',
    ]);
    expect(measured.get(cuts[0] ?? cuts[4])).toBe(measured.get(cuts[1] ?? cuts[4]));
    expect([...measured.keys()]).toHaveLength(cuts.length);
  });

  it('never cost more than they may', async () => {
    const saes = [cutSae(randomSae(0)), cutSae(randomSae(1))];
    const whole = await measure(saes);
    for (const limit of [0, 3000, 5200, 9000, 100_000]) {
      const { cost, bySae } = await measure(saes, limit);
      expect(cost.forwardTokens).toBeLessThanOrEqual(limit);
      if (limit === 100_000) expect(bySae.get('0')).toEqual({ ...whole.bySae.get('0'), cutShort: 0 });
      if (limit === 0) expect(bySae.get('0')?.cutShort).toBe(dSae);
    }
  });

  it('go to features that are explained least, and what those leave that settle early to the next', async () => {
    const features = 400;
    const text = () => Int32Array.from({ length }, (_, i) => (i === 0 ? bos : Math.floor(random() * 30)));
    const own = memoryContexts(Array.from({ length: features }, text));
    const top = (feature: number) => [{ token: (feature + 1) * length - 1, value: 1, record: feature }];
    const sae = randomSae(0, features);
    const of = async (isOpen: CutSae['isOpen']) => {
      const saes = [cutSae(sae, { isOpen, top, explained: (feature) => -feature })];
      const job = { engine, model, contexts: own, examples: 1, saes, limit: 8200, progress: noProgress };
      const { bySae, cost } = await measureContextCuts(job);
      return { cuts: bySae.get('0'), cost };
    };
    const open = await of(() => true);
    const followed = open.cuts?.curves.filter(({ length: cut }) => cut > 0).length ?? 0;
    // At most 17 + 9 + 5 + 3 + 2 tokens each, with no empty row beside them.
    expect(followed).toBeGreaterThanOrEqual(Math.floor(8200 / 36));
    expect(open.cuts?.cutShort).toBe(features - followed);
    expect(open.cuts?.curves.map(({ length: cut }) => cut > 0)).toEqual([
      ...Array.from({ length: features - followed }, () => false),
      ...Array.from({ length: followed }, () => true),
    ]);
    const settling = await of((_, curve) => curve.length === 0);
    expect(settling.cuts?.cutShort).toBe(0);
    expect(settling.cuts?.curves.every(({ length: cut }) => cut === 1)).toBe(true);
    expect(settling.cost.forwardTokens).toBeLessThan(open.cost.forwardTokens);
  });
});
