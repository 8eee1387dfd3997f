import { describe, expect, it } from 'vitest';
import { recordingEffects } from '../../pipeline/effects.ts';
import { largestPass } from '../../pipeline/measures/quality/quality.ts';
import { type StudyName, studyNames } from '../../pipeline/measures/studies/catalogue.ts';
import { gemma2 } from '../../pipeline/model/families/gemma2.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import type { ModelConfig } from '../../pipeline/model/model.ts';
import { fittingBatch } from '../../pipeline/record/fitting-batch.ts';
import { blockBatch } from '../../pipeline/record/pass-batch.ts';
import { estimateRun, type RunEstimate } from '../../pipeline/run/estimate.ts';
import type { RunShape } from '../../pipeline/run/run-shape.ts';
import { sayEstimate } from '../../pipeline/run/say-estimate.ts';

const length = 128;
const gigaflops = 1e9;
const MiB = 2 ** 20;

const gpt2Small = gpt2.parseConfig(
  { n_layer: 12, n_head: 12, n_embd: 768, n_positions: 1024, vocab_size: 50_257 },
  'config.json',
);
/** The embedded model's sizes. */
const demo: ModelConfig = {
  ...gpt2Small,
  nLayers: 4,
  nHeads: 8,
  nKvHeads: 8,
  dHead: 32,
  dModel: 256,
  dMlp: 768,
  vocabSize: 4096,
};

const gemma2b = gemma2.parseConfig(
  {
    ...{ hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 26, vocab_size: 256_000 },
    ...{ num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256, max_position_embeddings: 8192 },
    ...{ rms_norm_eps: 1e-6, rope_theta: 10_000, hidden_activation: 'gelu_pytorch_tanh' },
    ...{ query_pre_attn_scalar: 256, sliding_window: 4096, attn_logit_softcapping: 50, final_logit_softcapping: 30 },
  },
  'config.json',
);

interface Case {
  readonly config: ModelConfig;
  readonly layers: readonly number[];
  readonly dIn?: number;
  readonly dSae: number;
  readonly contexts: number;
  readonly upstreamExamples: number;
  readonly familyExamples?: number;
  readonly mapNeighbours?: number;
  readonly qualityTokens: number;
  readonly threads?: number;
  readonly studies?: StudyName[];
}

function shapeOf({ config, layers, dIn = config.dModel, dSae, contexts, threads = 1, ...wanted }: Case): RunShape {
  const saes = layers.map((layer) => ({ layer, dIn, dSae }));
  const engine = { sharesMemory: true };
  const batch = blockBatch(fittingBatch(16, saes.length * config.nHeads * length ** 2), length, config, engine);
  const quality = largestPass(config, saes, length, engine);
  const own = { examples: 20, familyExamples: 3, neighbours: 5, wiring: 5, circuitTokens: 4096, mapNeighbours: 0 };
  const settings = { ...own, studies: [], ...wanted };
  const lanes = { recording: threads, measuring: Math.min(threads, 2) };
  return { config, saes, contexts, length, batch, quality, settings, lanes };
}

const all = Array.from({ length: 12 }, (_, layer) => layer);
const small: Case = {
  config: gpt2Small,
  layers: all,
  dSae: 24_576,
  contexts: 138,
  upstreamExamples: 3,
  qualityTokens: 2048,
};

describe('what a run will need', () => {
  it.each([
    // The most resident memory on Linux of whole runs: of the embedded model, short and long, and of GPT-2 Small's and Gemma
    // 2 2B's shapes with random weights; that of four SAEs was stopped behind the quality measurement.
    {
      name: 'two layers of the demo',
      peak: 787 * MiB,
      ...{
        config: demo,
        layers: [0, 1],
        dSae: 2048,
        contexts: 62,
        upstreamExamples: 1,
        qualityTokens: 1016,
        mapNeighbours: 15,
      },
    },
    {
      name: 'the whole demo, in two threads',
      peak: 1.15e9,
      ...{
        config: demo,
        layers: [0, 1, 2, 3],
        dSae: 2048,
        contexts: 12_200,
        upstreamExamples: 1,
        qualityTokens: 8192,
        mapNeighbours: 15,
        threads: 2,
      },
    },
    { ...small, name: 'twelve SAEs of 24,576', peak: 4906 * MiB, mapNeighbours: 15 },
    {
      name: 'Gemma 2 2B with one SAE',
      peak: 11_407 * MiB,
      ...{
        config: gemma2b,
        layers: [12],
        dIn: 2048,
        dSae: 16_384,
        contexts: 16,
        upstreamExamples: 3,
        qualityTokens: 2048,
        mapNeighbours: 15,
      },
    },
    {
      ...small,
      name: 'four of them',
      peak: 2322 * MiB,
      ...{ layers: [8, 9, 10, 11], contexts: 2, qualityTokens: 127, familyExamples: 0 },
    },
  ])('in memory is within 30%% of what was seen: $name', ({ peak, ...own }) => {
    const { memoryBytes } = estimateRun(shapeOf(own), gigaflops);
    expect(memoryBytes).toBeGreaterThan(0.7 * peak);
    expect(memoryBytes).toBeLessThan(1.3 * peak);
  });

  it('in memory does not grow with the corpus, on disk and in time it does', () => {
    const [short, long] = [200, 2000].map((contexts) => estimateRun(shapeOf({ ...small, contexts }), gigaflops));
    expect(long.memoryBytes).toBe(short.memoryBytes);
    expect(long.diskBytes).toBeGreaterThan(short.diskBytes);
    expect(long.seconds).toBeGreaterThan(short.seconds);
  });

  it('grows with the points of the largest map that is laid out, in time with those of all', () => {
    const features = (dSae: number, mapNeighbours: number) =>
      estimateRun(
        shapeOf({ ...small, config: demo, layers: [0, 1], upstreamExamples: 0, dSae, mapNeighbours }),
        gigaflops,
      );
    const ofMaps = (dSae: number) => ({
      bytes: features(dSae, 15).memoryBytes - features(dSae, 0).memoryBytes,
      seconds: features(dSae, 15).seconds - features(dSae, 0).seconds,
    });
    // 8,000 points: 0.06 GB beside what a thread takes, and 8 s; above 40,000 the map of all is a plane, and those of
    // 20,001 features are laid out.
    expect(ofMaps(4000).bytes).toBeGreaterThan(0.06e9);
    expect(ofMaps(4000).bytes).toBeLessThan(0.2e9);
    expect(ofMaps(4000).seconds).toBeGreaterThan(1.5 * 8);
    expect(ofMaps(4000).seconds).toBeLessThan(2.5 * 8);
    expect(ofMaps(20_001).seconds).toBeCloseTo(2 * 20_001 * 0.001, 3);
  });

  it('in time is within 30% of what the whole demo took on two cores, of which each multiplies 104 GFLOP/s alone', () => {
    const tokens = { contexts: 12_204, qualityTokens: 8192 };
    const run = { config: demo, layers: [0, 1, 2, 3], dSae: 2048, upstreamExamples: 1, mapNeighbours: 15, threads: 2 };
    const shape = shapeOf({ ...run, ...tokens, studies: [...studyNames] });
    const { seconds } = estimateRun(shape, 2 * 104 * gigaflops);
    const took = 284;
    expect(seconds).toBeGreaterThan(0.7 * took);
    expect(seconds).toBeLessThan(1.3 * took);
  });

  it('counts the forward passes of studies, in which the time of a short run may lie', () => {
    const { seconds, studySeconds } = estimateRun(shapeOf({ ...small, studies: [...studyNames] }), 60 * gigaflops);
    // Of 120 prompts, in layers of 12 heads with 32 active features and five patches each, tails of six positions from there up,
    // which are 34 layers of 12 in sum, and of one; 38 more from the first layer, and 72 of one position.
    const tails = 120 * ((12 + 32 + 5) * 34 + 12 * 6.5 + (38 * 67) / 12 + 72);
    // 230,400 tokens of repeats, 138 contexts of text, 30,000 of prompts, through 12 layers of 7.1 million weights.
    const secondsPerToken = (12 * 2 * 7.08e6) / 30e9;
    expect(studySeconds).toBeCloseTo((230_400 + 138 * 128 + 30_000 + tails) * secondsPerToken, -2);
    const budget = { tokens: 16_000, contextCuts: 8000, upstream: 4000, checks: 2000, study: 1000 };
    const limited = estimateRun({ ...shapeOf({ ...small, studies: [...studyNames] }), budget }, 60 * gigaflops);
    expect(limited.studySeconds).toBeCloseTo(2000 * secondsPerToken, 1);
    expect(estimateRun(shapeOf(small), 60 * gigaflops)).toMatchObject({
      studySeconds: 0,
      seconds: expect.closeTo(seconds - studySeconds, 3),
    });
  });

  it('counts what comes from weights alone: wiring, neighbours and circuits', () => {
    const rate = 100 * gigaflops;
    const own = shapeOf(small);
    const secondsWithout = (settings: Partial<RunShape['settings']>) =>
      estimateRun(own, rate).seconds -
      estimateRun({ ...own, settings: { ...own.settings, ...settings } }, rate).seconds;
    // 66 pairs of layers; each SAE with itself, twice; two circuits of 144 heads.
    expect(secondsWithout({ wiring: 0 })).toBeCloseTo((66 * 2 * 24_576 ** 2 * 768) / rate, 3);
    expect(secondsWithout({ neighbours: 0 })).toBeCloseTo((12 * 4 * 24_576 ** 2 * 768) / rate, 3);
    expect(secondsWithout({ circuitTokens: 0 })).toBeCloseTo((144 * 4 * 4096 * 50_257 * 64) / rate, 3);
  });

  it('in time falls with the rate of the machine, and with a budget', () => {
    const shape = shapeOf(small);
    const seconds = (rate: number, budget?: RunShape['budget']) => estimateRun({ ...shape, budget }, rate).seconds;
    expect(seconds(gigaflops)).toBeGreaterThan(seconds(2 * gigaflops));
    const budget = { tokens: 0, contextCuts: 0, upstream: 0, checks: 0, study: 0 };
    const { unboundedSeconds } = estimateRun(shape, gigaflops);
    expect(estimateRun({ ...shape, budget }, gigaflops).unboundedSeconds).toBe(0);
    expect(unboundedSeconds).toBeGreaterThan(0);
    expect(seconds(gigaflops, budget)).toBeCloseTo(seconds(gigaflops) - unboundedSeconds, 3);
  });
});

describe('what is said of it', () => {
  const estimate = { memoryBytes: 4.2e9, diskBytes: 9.9e9, seconds: 3725, unboundedSeconds: 1200, studySeconds: 1200 };
  function said(memoryBytes: number, diskBytes?: number, more: Partial<RunEstimate> = {}): readonly string[] {
    const { effects, lines } = recordingEffects();
    sayEstimate({ ...estimate, ...more }, { memoryBytes, diskBytes }, effects);
    return lines;
  }

  it('is one line where the machine has enough, or does not say what it has', () => {
    const line = 'estimate: 4.2 GB of memory, 9.9 GB of disk until it is done, about 1h02m';
    expect(said(8e9, 20e9)).toEqual([line]);
    expect(said(8e9, undefined)).toEqual([line]);
  });

  it('names what can be left out or bounded where it takes a third of the time', () => {
    const [studies] = said(8e9, 20e9, { studySeconds: 2400 });
    expect(studies).toMatch(/about 1h02m, of which 40m00s for studies \(--studies none leaves them out\)$/);
    const [both] = said(8e9, 20e9, { unboundedSeconds: 1800, studySeconds: 1300 });
    expect(both).toMatch(
      /about 1h02m, of which 30m00s for context cuts and upstream features \(--budget 1x bounds them\) and 21m40s for studies/,
    );
  });

  it('warns in a line each where it has less', () => {
    const [, memory, disk, ...others] = said(3e9, 5e9);
    expect(memory).toMatch(/^warning: 3\.0 GB of memory are free, less than the estimate/);
    expect(disk).toMatch(/^warning: 5\.0 GB of disk are free, less than the estimate/);
    expect(others).toEqual([]);
  });
});
