import { join } from 'node:path';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import type { BackendName } from '../engine/program.ts';
import { loadTokenizer, type Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { makeDataset } from '../measures/studies/ioi/maths/dataset.ts';
import { llama } from '../model/families/llama.ts';
import { type Streams, tokenStreams } from './demo-corpus.ts';
import { demoCourse } from './demo-course.ts';
import { trainLm } from './lm.ts';
import { lmProbe, type ProbeOptions, probeBatches, spreadPieces } from './lm-probe.ts';
import { exportModel } from './model-export.ts';
import { writeTrainingRecord } from './training-record.ts';

/** The embedded default as its config.json says it: Llama's architecture, 4 layers of 8 heads, 4.5 million parameters. */
const DEMO_CONFIG = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: 4096,
  hidden_size: 256,
  intermediate_size: 768,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 8,
  head_dim: 32,
  hidden_act: 'silu',
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  bos_token_id: 4095,
  eos_token_id: 4095,
};
export const DEMO_MODEL = llama.parseConfig(DEMO_CONFIG, 'the demo’s model');

const RECIPE = {
  peakRate: 1e-3,
  warmupSteps: 100,
  weightDecay: 0.1,
  examineEvery: 25,
  probeEvery: 100,
  checkpointMinutes: 3,
};
/** As many as the embedded model was trained for: 10 million tokens. */
const DEFAULT_STEPS = 6500;
const PROBE = { rows: 12, heldOutPieces: 48, scenes: 4 };

export interface DemoModelOptions {
  readonly corpus: readonly string[];
  readonly text: readonly string[];
  readonly modelDir: string;
  readonly checkpointDir: string;
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly backend?: BackendName | undefined;
  readonly threads?: number | undefined;
}

/**
 * Trains the demo's model from random weights with the tokenizer in `modelDir`, and writes it there in half precision,
 * the training's curve beside it. A file named STOP in `checkpointDir` starts the fall of the learning rate, which ends
 * the training.
 */
export async function trainDemoModel(options: DemoModelOptions, effects: Effects): Promise<void> {
  const { modelDir, checkpointDir, steps = DEFAULT_STEPS, minutes, seed } = options;
  const tokenizer = await loadTokenizer(modelDir);
  const corpus = await tokenStreams(options.corpus, tokenizer);
  const text = options.text.length > 0 ? (await tokenStreams(options.text, tokenizer)).train : undefined;
  effects.log(
    `model: ${corpus.train.length} tokens of the demo’s corpus, ${corpus.heldOut.length} held out, ${text?.length ?? 0} of more text`,
  );
  const engine = await createEngine({ backend: options.backend, threads: options.threads });
  const course = demoCourse({ engine, config: DEMO_MODEL, tokenizer, corpus: corpus.train, text, seed });
  const probe = await lmProbe(engine, DEMO_MODEL, probeOptions(corpus, tokenizer));
  const files = { checkpoint: join(checkpointDir, 'model'), stopFile: join(checkpointDir, 'STOP') };
  const settings = { ...RECIPE, ...files, config: DEMO_MODEL, engine, course, probe, seed, steps, minutes };
  const { weights, curve } = await trainLm(settings, effects);
  const named = { _name_or_path: 'attention-atlas-demo', ...DEMO_CONFIG };
  await exportModel(modelDir, { family: llama, json: named, config: DEMO_MODEL }, weights);
  await writeTrainingRecord(modelDir, curve);
  effects.log(`model: written to ${modelDir}`);
}

function probeOptions({ heldOut }: Streams, tokenizer: Tokenizer): ProbeOptions {
  const { nContext: length, bosTokenId: bos } = DEMO_MODEL;
  const { rows, heldOutPieces, scenes } = PROBE;
  const pieces = spreadPieces(heldOut, length - 1, heldOutPieces);
  const encode = (text: string) => tokenizer.encode(text);
  const { tellings } = makeDataset({ encode, bosTokenId: bos, nContext: length, scenes, seed: 0 });
  return {
    rows,
    length,
    bos,
    heldOut: probeBatches(pieces, rows, bos),
    prompts: tellings.map(({ clean }) => clean),
  };
}
