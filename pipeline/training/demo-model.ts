import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from '../core/model.ts';
import type { IntTensor } from '../core/tensor.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import type { BackendName } from '../engine/program.ts';
import { writeJsonAtomic } from '../io/atomic.ts';
import { writeSafetensors } from '../io/safetensors-writer.ts';
import { loadTokenizer, type Tokenizer } from '../io/tokenizer.ts';
import { demoCorpus, tokenStream } from './demo-corpus.ts';
import { trainLm } from './lm.ts';
import { lmProbe, probeBatches } from './lm-probe.ts';
import { heldOutPieces, inductionSource, mixedBatch, type Source, storySource, textSource } from './mixture.ts';

/** The embedded default: GPT-2's architecture with 4 layers of 8 heads, 4.2 million parameters. */
export const DEMO_MODEL: ModelConfig = {
  modelType: 'gpt2',
  nLayers: 4,
  nHeads: 8,
  dHead: 32,
  dModel: 256,
  dMlp: 1024,
  nContext: 128,
  vocabSize: 4096,
  epsilon: 1e-5,
  activation: 'gelu_new',
  bosTokenId: 4095,
  eosTokenId: 4095,
  tiedEmbedding: true,
};

const ROWS = 16;
/**
 * Parts of the training sequences, from a step on. Copying is learnt all at once, after a wait that is the shorter the
 * more repeated tokens there are: so they have a larger part until it is there. Without more text its part goes to
 * the corpus.
 */
const SHARES = [
  { from: 0, corpus: 0.06, text: 0.02, repeated: 0.9, wholeVocabulary: 0.2, stories: 0.02 },
  { from: 300, corpus: 0.45, text: 0.17, repeated: 0.3, wholeVocabulary: 0.5, stories: 0.08 },
  { from: 1200, corpus: 0.5, text: 0.28, repeated: 0.14, wholeVocabulary: 0.5, stories: 0.08 },
] as const;
const RECIPE = { peakRate: 1e-3, warmupSteps: 100, weightDecay: 0.1, probeEvery: 50, checkpointMinutes: 2 };
const DEFAULT_STEPS = 8000;
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
      batch: (step) => mixedBatch(sources(step), step, { ...shape, seed: options.seed }),
      probe: await lmProbe(engine, DEMO_MODEL, { ...shape, heldOut: heldOutBatches({ corpus, text }, shape) }),
      checkpoint: join(options.checkpointDir, 'model.safetensors'),
      stopFile: join(options.checkpointDir, 'STOP'),
      seed: options.seed,
      steps: options.steps ?? DEFAULT_STEPS,
      minutes: options.minutes,
    },
    effects,
  );
  await mkdir(options.modelDir, { recursive: true });
  await writeJsonAtomic(join(options.modelDir, 'config.json'), hubConfig(DEMO_MODEL));
  await writeSafetensors(join(options.modelDir, 'model.safetensors'), weights, { dtype: 'F16' });
  effects.log(`model: written to ${options.modelDir}`);
}

/** The sources of each step's batch. */
function demoSources(
  corpus: Int32Array,
  text: Int32Array | undefined,
  tokenizer: Tokenizer,
): (step: number) => Source[] {
  const stories = storySource(0, (story) => Array.from(tokenizer.encode(story)), tokenizer.eosTokenId);
  const phases = SHARES.map((shares) => ({
    from: shares.from,
    sources: [
      textSource('corpus', text ? shares.corpus : shares.corpus + shares.text, corpus),
      ...(text ? [textSource('text', shares.text, text)] : []),
      inductionSource({ ...shares, share: shares.repeated, ids: tokenizer.eosTokenId }),
      { ...stories, share: shares.stories },
    ],
  }));
  return (step) => phases.findLast(({ from }) => from <= step)?.sources ?? [];
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

/** config.json as Hugging Face's GPT2LMHeadModel has it. */
function hubConfig(config: ModelConfig): Record<string, unknown> {
  return {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_layer: config.nLayers,
    n_head: config.nHeads,
    n_embd: config.dModel,
    n_inner: config.dMlp,
    n_positions: config.nContext,
    n_ctx: config.nContext,
    vocab_size: config.vocabSize,
    layer_norm_epsilon: config.epsilon,
    activation_function: config.activation,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    tie_word_embeddings: config.tiedEmbedding,
  };
}
