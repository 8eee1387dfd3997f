import type { FeatureActivations } from '../../numbers/feature-activations.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { Sample } from '../../record/sample.ts';
import type { SampledActivations } from './maths/sampled-activations.ts';

/** Activations held in memory at a time beside those of the sample. */
const maxEntries = 1 << 20;

/** Of a context that is not in the sample; of others the number before that of their first token. */
const notSampled = -2;

export interface FeatureActivationLog {
  features(maxEntries: number): Iterable<FeatureActivations>;
}

/** The activations of all features of an SAE at the tokens of a sample, BOS left out: 8 bytes each. */
export function sampledActivations(log: FeatureActivationLog, sample: Sample): SampledActivations {
  const { length } = sample;
  const places = new Int32Array(sample.of).fill(notSampled);
  let first = 0;
  for (const { context } of sample) {
    places[context] = first - 1;
    first += length - 1;
  }
  const starts = [0];
  let [tokens, values] = [new Uint32Array(1 << 16), new Float32Array(1 << 16)];
  let size = 0;
  for (const own of log.features(maxEntries)) {
    for (let i = 0; i < own.tokens.length; i++) {
      const place = places[contextOfToken(own.tokens[i], length)];
      if (place === notSampled) continue;
      if (size === tokens.length) [tokens, values] = [doubled(tokens), doubled(values)];
      tokens[size] = place + positionOfToken(own.tokens[i], length);
      values[size] = own.values[i];
      size++;
    }
    starts.push(size);
  }
  return {
    starts,
    tokens: tokens.subarray(0, size),
    values: values.subarray(0, size),
    tokenCount: sample.size * (length - 1),
  };
}

function doubled<T extends Uint32Array | Float32Array>(array: T): T;
function doubled(array: Uint32Array | Float32Array): Uint32Array | Float32Array {
  const wider = array instanceof Uint32Array ? new Uint32Array(2 * array.length) : new Float32Array(2 * array.length);
  wider.set(array);
  return wider;
}
