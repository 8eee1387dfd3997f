import type { HeadAttention, HeadAttentionJob } from './attention/job.ts';
import { measureOnRepeats } from './attention/on-repeats.ts';
import { measureOnText } from './attention/on-text.ts';

/**
 * Attention of every head on random tokens repeated once and on a sample of the run's text: a forward pass of 16 sequences
 * and passes of the sampled contexts, through the last layer asked for.
 */
export async function measureHeadAttention(job: HeadAttentionJob): Promise<HeadAttention> {
  const [repeats, text] = [await measureOnRepeats(job), await measureOnText(job)];
  return (layer, head) => new Map([...repeats(layer, head), ...text(layer, head)]);
}
