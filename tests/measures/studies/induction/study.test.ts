import { beforeAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../../../pipeline/effects/pace.ts';
import { silentEffects } from '../../../../pipeline/effects.ts';
import { createEngine, type Engine } from '../../../../pipeline/engine/index.ts';
import { countForwardPasses } from '../../../../pipeline/measures/studies/counted-engine.ts';
import { passesOf, sizeWithin } from '../../../../pipeline/measures/studies/induction/afford.ts';
import { repeatedPrefix } from '../../../../pipeline/measures/studies/induction/maths/repeated-prefix.ts';
import { ordinaryTokens } from '../../../../pipeline/measures/studies/induction/ordinary-tokens.ts';
import { design, sequencesFor } from '../../../../pipeline/measures/studies/induction/sequences.ts';
import { inductionStudy } from '../../../../pipeline/measures/studies/induction/study.ts';
import type {
  NewInductionCurveRow,
  NewInductionEdgeRow,
  NewInductionHeadRow,
} from '../../../../pipeline/measures/studies/induction/table.ts';
import { OverBudget } from '../../../../pipeline/measures/studies/over-budget.ts';
import type { StudyResult } from '../../../../pipeline/measures/studies/study.ts';
import { tinyModel } from '../../../training/tiny-model.ts';
import { memoryContexts } from '../memory-contexts.ts';
import { bos, length, plantedModel, plantedTokenizer } from '../planted-model.ts';

const model = plantedModel();
const ordinary = ordinaryTokens(model, plantedTokenizer);

/** Text that says five letters twice a context, the second time at its end. */
const contexts = memoryContexts(
  Array.from(
    { length: 30 },
    (_, example) => repeatedPrefix({ bos, ordinary, length, prefix: 5, seed: 8, example }).tokens,
  ),
);

let engine: Engine;

interface StudySettings {
  readonly withText?: boolean;
  readonly batch?: number;
  readonly limit?: number;
}

/** The study, and the forward tokens that it has run. */
async function costed(settings: StudySettings = {}): Promise<{ result: StudyResult; tokens: number }> {
  const { withText = true, batch = 16, limit } = settings;
  const { engine: counted, cost } = countForwardPasses(engine);
  const shared = {
    out: '',
    engine: counted,
    model,
    modelDir: '',
    tokenizer: plantedTokenizer,
    saes: [],
    contextLength: length,
    batch,
  };
  const result = await inductionStudy.run({
    ...shared,
    contexts: withText ? contexts : undefined,
    seed: 2,
    effects: silentEffects(),
    cost,
    limit,
    keep: (_, compute) => compute(),
  });
  return { result, tokens: cost.forwardTokens };
}

const study = async (settings: StudySettings = {}): Promise<StudyResult> => (await costed(settings)).result;

/** The study's rows, which it gives in this order. */
function rowsOf({ tables }: StudyResult) {
  const [curves, heads, edges] = tables.map(({ rows }) => rows);
  return { curves, heads, edges } as unknown as {
    curves: NewInductionCurveRow[];
    heads: NewInductionHeadRow[];
    edges: NewInductionEdgeRow[];
  };
}

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

describe('on planted heads', () => {
  let result: StudyResult;
  let rows: ReturnType<typeof rowsOf>;
  const head = (layer: number, number: number) => {
    const found = rows.heads.find((row) => row.layer === layer && row.head === number);
    if (!found) throw new Error(`no head ${layer}.${number}`);
    return found;
  };

  beforeAll(async () => {
    result = await study();
    rows = rowsOf(result);
  });

  it('each head is what it was made to be', () => {
    expect(rows.heads.map(({ layer, head, verdict }) => [layer, head, verdict])).toEqual([
      [0, 0, 'not induction'],
      [0, 1, 'not induction'],
      [0, 2, 'not induction'],
      [1, 0, 'short-prefix induction'],
      [1, 1, 'long-prefix induction'],
      [1, 2, 'not induction'],
    ]);
    expect([head(1, 0).half_prefix, head(1, 1).half_prefix, head(1, 2).half_prefix]).toEqual([1, 2, null]);
    expect(result.verdict).toBe(
      '2 of the 6 heads attend by induction: 1 after one matching token (1.0), 1 only after a longer match (1.1); 4 do not.',
    );
  });

  it('attention jumps where the match is long enough, and only then does a head speak for the answer', () => {
    const curve = (number: number) => rows.curves.filter(({ layer, head }) => layer === 1 && head === number);
    expect(curve(0).map(({ attention }) => Math.round(attention))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(curve(1).map(({ attention }) => Math.round(attention))).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    const [one, two] = curve(1);
    expect(one?.attribution).toBeLessThan(0.1 * (two?.attribution ?? 0));
    expect(curve(2).every(({ attention }) => attention < 0.05)).toBe(true);
    expect(curve(0).map(({ examples }) => examples)).toEqual(new Array(9).fill(400));
  });

  it('on text a match cut to one token silences the head that needs two, and that head alone', () => {
    const [short, long] = [head(1, 0), head(1, 1)];
    expect([short.replaced, long.replaced]).toEqual([64, 64]);
    for (const mean of [short.before, short.after, short.control, long.before, long.control]) {
      expect(mean?.mean).toBeGreaterThan(0.9);
    }
    expect(long.after?.mean).toBeLessThan(0.02);
  });

  it('counts the strong edges of text by length of match', () => {
    const pairs = [30, 30, 30, 30, 30, 0, 0, 0, 0, 0];
    expect(Array.from(head(1, 0).text_pairs ?? [])).toEqual(pairs);
    expect(Array.from(head(1, 0).text_edges ?? [])).toEqual(pairs);
    expect(Array.from(head(1, 1).text_edges ?? [])).toEqual([0, 30, 30, 30, 30, 0, 0, 0, 0, 0]);
    expect(Array.from(head(0, 2).text_edges ?? [])).toEqual(new Array(10).fill(0));
  });

  it('an edge’s tokens end at its source and its destination, and agree where they match', () => {
    expect(rows.edges.length).toBeGreaterThan(10);
    for (const { source, destination, prefix, source_tokens, destination_tokens, context, replacement } of rows.edges) {
      const tokens = contexts.tokensOf(context);
      expect(source_tokens[source_tokens.length - 1]).toBe(tokens[source]);
      expect(destination_tokens[destination_tokens.length - 1]).toBe(tokens[destination]);
      const matched = Array.from({ length: prefix }, (_, i) => tokens[destination - i]);
      expect(matched).toEqual(Array.from({ length: prefix }, (_, i) => tokens[source - 1 - i]));
      expect(replacement).not.toBe(tokens[source - 2]);
    }
  });

  it('any batch gives the same tables', async () => {
    expect(rowsOf(await study({ batch: 5 }))).toEqual(rows);
  });
});

it('without text the curves are as they were, and it says that text is missing', async () => {
  const { heads, edges } = rowsOf(await study({ withText: false }));
  expect(edges).toEqual([]);
  expect(heads[3]).toMatchObject({ verdict: 'short-prefix induction', text_edges: null, replaced: 0, after: null });
  const { notes } = await study({ withText: false });
  expect(notes).toContain('no text was given, so attention on text was not measured');
});

describe('within a number of forward tokens', () => {
  /** 50 sequences of each of nine prefixes in four passes of 16, and a pass of 16 contexts. */
  const least = 4 * 16 * 9 * length + 16 * length;

  it.each([least, 2 * least, 4 * least, 6 * least])('%i are not overspent', async (limit) => {
    const { result, tokens } = await costed({ limit });
    expect(tokens).toBeLessThanOrEqual(limit);
    expect(tokens).toBeGreaterThan(limit / 2);
    const { curves, heads } = rowsOf(result);
    expect(heads.map(({ verdict }) => verdict)).toEqual([
      ...['not induction', 'not induction', 'not induction'],
      ...['short-prefix induction', 'long-prefix induction', 'not induction'],
    ]);
    const { examples, textContexts, replacedEdges } = result.settings;
    expect(new Set(curves.map((row) => row.examples))).toEqual(new Set([examples]));
    const less = `^${examples} sequences of a prefix, not 400(; .*)?: the budget leaves it ${formatCount(limit)} forward tokens$`;
    expect(result.notes.at(-1)).toMatch(new RegExp(less));
    expect(heads.every(({ replaced }) => replaced <= Number(replacedEdges))).toBe(true);
    expect(textContexts).toBeLessThanOrEqual(30);
  });

  it('that are enough, nothing is left out', async () => {
    const limit = 100 * least;
    const [limited, whole] = [await costed({ limit }), await costed()];
    expect(limited).toEqual(whole);
  });

  it('text has its share where no sequence fits the model', () => {
    const passes = passesOf({ batch: 16, contexts }, { length: 3, prefixes: 0 });
    expect(sizeWithin(4 * 32 * length, passes)).toEqual({ examples: design.examples, textContexts: 32 });
  });

  it('that are too few, it says how many it takes, and costs none', async () => {
    await expect(costed({ limit: least - 1 })).rejects.toThrow(new OverBudget(least - 1, least));
  });
});

describe('the sequences of a small model', () => {
  const room = (nContext: number, count: number) =>
    sequencesFor(
      { config: { ...tinyModel().config, nContext } },
      Int32Array.from({ length: count }, (_, i) => i),
      0,
    );

  it('are as long as its context, and say so', () => {
    const { length, byPrefix, notes } = room(20, 1000);
    expect([length, byPrefix.length]).toEqual([20, 8]);
    expect(notes).toEqual([
      'sequences of 20 tokens, not 64: the model has a context of 20 tokens and 1,000 ordinary tokens',
      'prefixes of at most 8 tokens, not 9: the model has a context of 20 tokens and 1,000 ordinary tokens',
    ]);
  });

  it('are no more than there are different ones', () => {
    const { length, byPrefix, notes } = room(64, 4);
    expect([length, byPrefix.length]).toEqual([6, 1]);
    expect(byPrefix[0]?.length).toBe(24);
    expect(notes[2]).toMatch(/^as few as 24 different sequences of a prefix, not 400/);
  });

  it('are none where nothing fits', () => {
    expect(room(64, 2).byPrefix).toEqual([]);
    expect(room(5, 100).byPrefix).toEqual([]);
  });

  it('of a model with room are the design’s', () => {
    const { length, byPrefix, notes } = room(1024, 50_257);
    expect([length, byPrefix.length, notes]).toEqual([design.length, design.prefixes, []]);
    expect(byPrefix.every((examples) => examples.length === design.examples)).toBe(true);
  });
});
