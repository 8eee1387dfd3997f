import { type TrainDemoConfig, trainSchema } from '../config.ts';
import type { Effects } from '../effects.ts';
import { demoCorpus } from './demo-corpus.ts';
import { DEMO_MODEL } from './demo-model.ts';
import { trainSaes } from './train-saes.ts';

const RECIPE = { dSae: 2048, l1: [1], tokens: 10_000_000 };

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
  const paths = { model: modelDir, corpus: [...demoCorpus()], out: saesDir };
  const settings = { ...RECIPE, ...paths, context: DEMO_MODEL.nContext, seed, backend, threads };
  await trainSaes(trainSchema.parse(settings), effects);
}
