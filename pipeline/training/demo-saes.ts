import { trainSchema } from '../commands/train.ts';
import type { TrainDemoConfig } from '../commands/train-demo.ts';
import type { Effects } from '../effects.ts';
import { DEMO_MODEL } from './demo-model.ts';
import { embeddedConfig } from './embedded-config.ts';
import { trainSaes } from './train-saes.ts';

const RECIPE = {
  dSae: 2048,
  kind: 'batchtopk',
  targetL0: [20],
  tokens: 1_000_000,
  batchTokens: 1024,
  dtype: 'float16',
};

interface DemoSaesOptions extends Pick<TrainDemoConfig, 'seed' | 'backend' | 'threads'> {
  readonly modelDir: string;
  readonly saesDir: string;
}

/** Trains the demo's SAEs, one a layer, on the demo's corpus. */
export async function trainDemoSaes(
  { modelDir, saesDir, ...engine }: DemoSaesOptions,
  effects: Effects,
): Promise<void> {
  const { seed, backend, threads } = engine;
  const paths = { model: modelDir, corpus: (await embeddedConfig()).corpus, out: saesDir };
  const settings = { ...RECIPE, ...paths, context: DEMO_MODEL.nContext, seed, backend, threads };
  // Trained anew where the stage before has made another model.
  await trainSaes(trainSchema.parse(settings), effects, undefined, 'replaced');
}
