import type { SampledActivations } from './sampled-activations.ts';

/** The step from 1 to the next float32. */
const float32Epsilon = 2 ** -23;

/**
 * The same, but features active at every token are taken less their least activation, which changes no correlation. Each
 * feature is then 0 at some token, so that n·Σ f² − (Σ f)² ≥ Σ f² (Cauchy, Schwarz), most of which rounding cannot take.
 * One that varies by a unit in the last place at most, as a constant may where it was rounded to float32, has none left.
 */
export function aboveLeast(sampled: SampledActivations): SampledActivations {
  const { starts, tokens, values, tokenCount } = sampled;
  const features = Array.from({ length: starts.length - 1 }, (_, i) => i);
  const isAlwaysActive = (i: number) => tokenCount > 0 && starts[i + 1] - starts[i] === tokenCount;
  if (!features.some(isAlwaysActive)) return sampled;
  const above = { tokens: new Uint32Array(tokens.length), values: new Float32Array(values.length) };
  const aboveStarts = [0];
  let size = 0;
  for (const i of features) {
    const floor = isAlwaysActive(i) ? floorOf(values.subarray(starts[i], starts[i + 1])) : 0;
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      if (values[at] <= floor) continue;
      above.tokens[size] = tokens[at];
      above.values[size++] = values[at] - floor;
    }
    aboveStarts.push(size);
  }
  return {
    starts: aboveStarts,
    tokens: above.tokens.subarray(0, size),
    values: above.values.subarray(0, size),
    tokenCount,
  };
}

/** The least of some values, or the greatest where float32 may make as much of one number. */
function floorOf(values: Float32Array): number {
  let [least, greatest] = [values[0], values[0]];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return greatest - least <= float32Epsilon * greatest ? greatest : least;
}
