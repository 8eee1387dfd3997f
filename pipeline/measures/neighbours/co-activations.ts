import type { FeatureActivations } from '../../numbers/feature-activations.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { Sample } from '../../record/sample.ts';
import type { Sae } from '../../sae/sae.ts';
import type { SampledActivations } from './maths/sampled-activations.ts';

/** Activations held in memory at a time beside those of the sample. */
const maxEntries = 1 << 20;

/** The place of a context that is not in the sample. */
const notSampled = -1;

export interface FeatureActivationLog {
  features(maxEntries: number): Iterable<FeatureActivations>;
}

/** The activations of all features of an SAE at the tokens of a sample that count for it, BOS left out: 8 bytes each. */
export function sampledActivations(
  log: FeatureActivationLog,
  sample: Sample,
  { excludedTokens }: Pick<Sae, 'excludedTokens'>,
): SampledActivations {
  const { length } = sample;
  const { places, numbers, tokenCount } = numberTokens(sample, excludedTokens);
  const starts = [0];
  let [tokens, values] = [new Uint32Array(1 << 16), new Float32Array(1 << 16)];
  let size = 0;
  for (const own of log.features(maxEntries)) {
    for (let i = 0; i < own.tokens.length; i++) {
      const place = places[contextOfToken(own.tokens[i], length)];
      if (place === notSampled) continue;
      if (size === tokens.length) [tokens, values] = [doubled(tokens), doubled(values)];
      tokens[size] = numbers[place + positionOfToken(own.tokens[i], length)];
      values[size] = own.values[i];
      size++;
    }
    starts.push(size);
  }
  return { starts, tokens: tokens.subarray(0, size), values: values.subarray(0, size), tokenCount };
}

/** A sample's tokens, BOS and excluded ones left out, in turn; each context's numbers begin at its place. */
function numberTokens(sample: Sample, excluded: Sae['excludedTokens']) {
  const places = new Int32Array(sample.of).fill(notSampled);
  const numbers = new Uint32Array(sample.size * sample.length);
  let [place, tokenCount] = [0, 0];
  for (const { context, tokens } of sample) {
    places[context] = place;
    for (let position = 1; position < sample.length; position++) {
      numbers[place + position] = tokenCount;
      if (!excluded?.has(tokens[position])) tokenCount++;
    }
    place += sample.length;
  }
  return { places, numbers, tokenCount };
}

function doubled<T extends Uint32Array | Float32Array>(array: T): T;
function doubled(array: Uint32Array | Float32Array): Uint32Array | Float32Array {
  const wider = array instanceof Uint32Array ? new Uint32Array(2 * array.length) : new Float32Array(2 * array.length);
  wider.set(array);
  return wider;
}
