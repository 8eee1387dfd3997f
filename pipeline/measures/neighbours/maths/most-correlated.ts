import { aboveLeast } from './above-least.ts';
import { KeptNearest } from './kept-nearest.ts';
import type { SampledActivations } from './sampled-activations.ts';

/**
 * The k features that each is most correlated with over n tokens: Pearson's r = (n·Σ f_i·f_j − Σ f_i·Σ f_j)/√(v_i·v_j),
 * v = n·Σ f² − (Σ f)², of those ever active together with it, where r > 0 by more than sums of n terms round. A feature
 * that does not vary has none. Σ over tokens of L0²/2 steps.
 */
export function mostCorrelated(sampled: SampledActivations, k: number): KeptNearest {
  const varying = aboveLeast(sampled);
  const { starts, tokens, values, tokenCount } = varying;
  const features = starts.length - 1;
  const byToken = inTurnByToken(varying);
  const { sums, variances } = moments(varying);
  // Of n·Σ f_i·f_j: a sum of n terms above 0 is off by n·ε/2 of itself, and there are three.
  const rounding = 2 * tokenCount * Number.EPSILON;
  const nearest = new KeptNearest(features, k);
  const products = new Float64Array(features);
  const met = new Int32Array(features);
  // By token, its first activation of a feature after i: features come in turn.
  const after = byToken.starts.slice();
  for (let i = 0; i < features; i++) {
    let count = 0;
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const end = byToken.starts[tokens[at] + 1];
      after[tokens[at]] += 1;
      for (let other = after[tokens[at]]; other < end; other++) {
        const j = byToken.features[other];
        if (products[j] === 0) met[count++] = j;
        products[j] += values[at] * byToken.values[other];
      }
    }
    for (let m = 0; m < count; m++) {
      const j = met[m];
      const together = tokenCount * products[j];
      const covariance = together - sums[i] * sums[j];
      products[j] = 0;
      if (covariance <= rounding * together) continue;
      const correlation = covariance / Math.sqrt(variances[i] * variances[j]);
      nearest.add(i, j, correlation);
      nearest.add(j, i, correlation);
    }
  }
  return nearest;
}

/** The same activations by token, features ascending. */
function inTurnByToken({ starts, tokens, values, tokenCount }: SampledActivations) {
  const tokenStarts = new Uint32Array(tokenCount + 1);
  for (const token of tokens) tokenStarts[token + 1] += 1;
  for (let token = 0; token < tokenCount; token++) tokenStarts[token + 1] += tokenStarts[token];
  const next = tokenStarts.slice();
  const byToken = { features: new Int32Array(tokens.length), values: new Float32Array(tokens.length) };
  for (let i = 0; i + 1 < starts.length; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const place = next[tokens[at]]++;
      byToken.features[place] = i;
      byToken.values[place] = values[at];
    }
  }
  return { starts: tokenStarts, ...byToken };
}

/** Σ f and n·Σ f² − (Σ f)² of each feature. */
function moments({ starts, values, tokenCount }: SampledActivations) {
  const [sums, variances] = [new Float64Array(starts.length - 1), new Float64Array(starts.length - 1)];
  for (let i = 0; i < sums.length; i++) {
    let squares = 0;
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      sums[i] += values[at];
      squares += values[at] * values[at];
    }
    variances[i] = tokenCount * squares - sums[i] * sums[i];
  }
  return { sums, variances };
}
