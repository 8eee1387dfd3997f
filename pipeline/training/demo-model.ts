import { join } from 'node:path';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import type { BackendName } from '../engine/program.ts';
import { loadTokenizer, type Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { plainConventions } from '../model/conventions.ts';
import type { ModelConfig } from '../model/model.ts';
import type { FloatTensor, IntTensor } from '../numbers/tensor.ts';
import { demoCorpus, tokenStream } from './demo-corpus.ts';
import { plantInduction, type WeightAccess } from './induction-prior.ts';
import { trainLm } from './lm.ts';
import { lmProbe, probeBatches } from './lm-probe.ts';
import { heldOutPieces, inductionSource, mixedBatch, type Source, storySource, textSource } from './mixture.ts';
import { exportModel } from './model-export.ts';

/** The embedded default: GPT-2's architecture with 4 layers of 8 heads, 4.2 million parameters. */
export const DEMO_MODEL: ModelConfig = {
  ...plainConventions,
  modelType: 'gpt2',
  nLayers: 4,
  nHeads: 8,
  nKvHeads: 8,
  dHead: 32,
  dModel: 256,
  dMlp: 1024,
  nContext: 128,
  vocabSize: 4096,
  norm: 'layer',
  finalNorm: 'layer',
  epsilon: 1e-5,
  positions: 'learned',
  activation: 'gelu_new',
  gated: false,
  biases: { queryKeyValue: true, output: true, mlp: true, unembedding: false },
  bosTokenId: 4095,
  eosTokenId: 4095,
  tiedEmbedding: true,
};

const ROWS = 16;
/** Parts of the training sequences. Without more text its part goes to the corpus. */
const SHARES = { corpus: 0.52, text: 0.26, repeated: 0.14, stories: 0.08 };
/** The part of the repeated tokens that are drawn from the whole vocabulary. */
const WHOLE_VOCABULARY = 0.6;
const RECIPE = { peakRate: 1e-3, warmupSteps: 100, weightDecay: 0.1, probeEvery: 100, checkpointMinutes: 3 };
/** As many as the embedded model was trained for: 5.3 million tokens. */
const DEFAULT_STEPS = 2583;
const PROBE_ROWS = 32;

export interface DemoModelOptions {
  readonly modelDir: string;
  readonly checkpointDir: string;
  readonly text: readonly string[];
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly backend?: BackendName | undefined;
  readonly threads?: number | undefined;
}

/**
 * Trains the demo's model with the tokenizer that is in `modelDir`, and writes it there in half precision.
 * A file named STOP in `checkpointDir` starts the fall of the learning rate, which ends the training.
 */
export async function trainDemoModel(options: DemoModelOptions, effects: Effects): Promise<void> {
  const tokenizer = await loadTokenizer(options.modelDir);
  const corpus = await tokenStream(demoCorpus(), tokenizer);
  const text = options.text.length > 0 ? await tokenStream(options.text, tokenizer) : undefined;
  effects.log(`model: ${corpus.length} tokens of the demo's corpus, ${text?.length ?? 0} of more text`);
  const engine = await createEngine({ backend: options.backend, threads: options.threads });
  const shape = { rows: ROWS, length: DEMO_MODEL.nContext, bos: tokenizer.bosTokenId };
  const sources = demoSources(corpus, text, tokenizer);
  const weights = await trainLm(
    {
      ...RECIPE,
      config: DEMO_MODEL,
      engine,
      prior: (weights) => plantInduction(accessTo(weights), options.seed),
      batch: (step) => mixedBatch(sources, step, { ...shape, seed: options.seed }),
      probe: await lmProbe(engine, DEMO_MODEL, { ...shape, heldOut: heldOutBatches({ corpus, text }, shape) }),
      checkpoint: join(options.checkpointDir, 'model'),
      stopFile: join(options.checkpointDir, 'STOP'),
      seed: options.seed,
      steps: options.steps ?? DEFAULT_STEPS,
      minutes: options.minutes,
    },
    effects,
  );
  await exportModel(options.modelDir, DEMO_MODEL, weights, 'attention-atlas-demo');
  effects.log(`model: written to ${options.modelDir}`);
}

function demoSources(corpus: Int32Array, text: Int32Array | undefined, tokenizer: Tokenizer): Source[] {
  const encode = (story: string) => Array.from(tokenizer.encode(story));
  return [
    textSource('corpus', text ? SHARES.corpus : SHARES.corpus + SHARES.text, corpus),
    ...(text ? [textSource('text', SHARES.text, text)] : []),
    inductionSource({ share: SHARES.repeated, ids: tokenizer.eosTokenId, wholeVocabulary: WHOLE_VOCABULARY }),
    storySource(SHARES.stories, encode, tokenizer.eosTokenId),
  ];
}

function accessTo(weights: Record<string, FloatTensor>): WeightAccess {
  const values = (name: string) => {
    const tensor = weights[name];
    if (!tensor) throw new Error(`the model has no weight ${name}`);
    return tensor.data;
  };
  return { dModel: DEMO_MODEL.dModel, dHead: DEMO_MODEL.dHead, values };
}

interface BatchShape {
  readonly rows: number;
  readonly length: number;
  readonly bos: number;
}

function heldOutBatches(streams: Record<string, Int32Array | undefined>, { rows, length, bos }: BatchShape) {
  const batches: Record<string, IntTensor[]> = {};
  for (const [name, stream] of Object.entries(streams)) {
    if (stream) batches[name] = probeBatches(heldOutPieces(stream, length - 1, PROBE_ROWS), rows, bos);
  }
  return batches;
}
