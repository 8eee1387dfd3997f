import { join } from 'node:path';
import type { TrainDemoConfig } from '../commands/train-demo.ts';
import { ownFolder } from '../disk/own-folder.ts';
import type { Effects } from '../effects.ts';
import { trainDemoModel } from './demo-model.ts';
import { trainDemoSaes } from './demo-saes.ts';
import { trainDemoTokenizer } from './demo-tokenizer.ts';
import { embeddedConfig } from './embedded-config.ts';

/**
 * Trains the embedded default into `out`: model/ (tokenizer and model) and saes/, with checkpoints beside them.
 * Each stage uses what the one before it wrote; an interrupted one goes on where its last checkpoint was.
 */
export function trainDemo(config: TrainDemoConfig, effects: Effects): Promise<void> {
  return ownFolder(config.out, 'train-demo', () => trainOwned(config, effects));
}

async function trainOwned(config: TrainDemoConfig, effects: Effects): Promise<void> {
  const { stage, out, text = [] } = config;
  const modelDir = join(out, 'model');
  const checkpointDir = join(out, 'checkpoints');
  const { corpus } = await embeddedConfig();
  const wants = (name: TrainDemoConfig['stage']) => stage === name || stage === 'all';
  if (wants('tokenizer')) await trainDemoTokenizer(modelDir, text, effects);
  if (wants('model')) await trainDemoModel({ ...config, corpus, modelDir, checkpointDir, text }, effects);
  if (wants('saes')) await trainDemoSaes({ ...config, modelDir, saesDir: join(out, 'saes') }, effects);
}
