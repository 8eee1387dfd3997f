import type { ContextFile } from './context-file.ts';
import { type Sample, sampleOfTokens, spreadSample } from './sample.ts';

/** How much of a run is read where a sample is enough, and how long a corpus is whose work is divided among threads. */
export interface SampleSizes {
  readonly proxyTokens: number;
  readonly comparedTokens: number;
  readonly attentionContexts: number;
  readonly countedTokens: number;
  readonly checkedTokens: number;
  /** Below it a thread with an engine of its own takes longer to start than it saves. */
  readonly dividedTokens: number;
}

export const sampleSizes: SampleSizes = {
  proxyTokens: 1 << 19,
  comparedTokens: 1 << 18,
  attentionContexts: 128,
  countedTokens: 1 << 22,
  checkedTokens: 1 << 17,
  dividedTokens: 1 << 18,
};

/** Every sample of a run, each spread over the whole of it; run.json says how large they are. */
export interface RunSamples {
  /** Where explained variance, cross-entropies and mean z are measured. */
  readonly quality: Sample;
  /** Where the induction proxy is checked. */
  readonly proxy: Sample;
  /** Where the activations of two features of a head are compared. */
  readonly compared: Sample;
  /** Where the attention of heads is measured. */
  readonly attention: Sample;
  /** Where tokens are counted, to find the most frequent ones. */
  readonly counted: Sample;
  /** Where the tokens are drawn from that families are checked on. */
  readonly checked: Sample;
}

export function chooseSamples(contexts: ContextFile, qualityTokens: number, sizes: SampleSizes): RunSamples {
  return {
    quality: sampleOfTokens(contexts, qualityTokens),
    proxy: sampleOfTokens(contexts, sizes.proxyTokens),
    compared: sampleOfTokens(contexts, sizes.comparedTokens),
    attention: spreadSample(contexts, sizes.attentionContexts),
    counted: sampleOfTokens(contexts, sizes.countedTokens),
    checked: sampleOfTokens(contexts, sizes.checkedTokens),
  };
}

export interface SampleRecord {
  readonly contexts: number;
  /** BOS not counted. */
  readonly tokens: number;
}

/** The samples as run.json has them. */
export function recordSamples(samples: RunSamples): Record<keyof RunSamples, SampleRecord> {
  const { quality, proxy, compared, attention, counted, checked } = samples;
  const of = ({ size, length }: Sample): SampleRecord => ({ contexts: size, tokens: size * (length - 1) });
  return {
    quality: of(quality),
    proxy: of(proxy),
    compared: of(compared),
    attention: of(attention),
    counted: of(counted),
    checked: of(checked),
  };
}
