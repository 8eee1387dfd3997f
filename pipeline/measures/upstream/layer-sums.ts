import type { Component } from '../../attribution/recursion/components.ts';
import type { Sae } from '../../sae/sae.ts';
import type { NewUpstreamRow } from './table.ts';

/** One part of an example's pre-activation, summed over sources. */
export interface Part {
  readonly attribution: number;
  /** Σ|attribution| over sources, and the same weighted by t − s. */
  readonly size: number;
  readonly sizeTimesDistance: number;
  /** The head that carries most of it. */
  readonly head: number;
}

/** An upstream feature's part. */
export interface FeaturePart extends Part {
  readonly layer: number;
  readonly feature: number;
  /** wDec[j]·W_O·(the direction that the feature reads through that head). */
  readonly wiring: number;
}

/** One example of a feature, taken apart. */
export interface ExplainedExample {
  /** As LayerSums was given its components. */
  readonly parts: readonly Part[];
  /** Strongest first, at most featuresPerExample. */
  readonly features: readonly FeaturePart[];
  /** The attribution of all upstream features, kept or not. */
  readonly allFeatures: number;
  readonly constant: number;
  readonly outputBias: number;
}

export const featuresPerExample = 24;
/** Upstream features that a feature's rows name. */
const featuresListed = 10;

/** Numbers of a part, and of a kept feature, as they are stored. */
const partWidth = 4;
const featureWidth = 7;

/** An SAE whose features' examples are summed. */
export type SummedSae = Pick<Sae, 'id' | 'layer' | 'site'>;

/** What sums are made for. */
export interface LayerSumsShape {
  readonly dSae: number;
  readonly components: readonly Component[];
  /** Of a feature, at most. */
  readonly examples: number;
  /** The SAE that each lower layer is taken apart by. */
  readonly lower: ReadonlyMap<number, string>;
}

/** Sums in flat arrays, as they are stored: GPT-2 Small has 344,064 features. */
export interface LayerSumsState {
  readonly examples: Uint16Array;
  /** [feature, component]: share, size, size·distance, head of the largest share. */
  readonly parts: Float32Array;
  /** The largest |share| yet, by feature and component. */
  readonly largest: Float32Array;
  /** [feature]: shares of all upstream features, of the constant and of the output bias. */
  readonly allFeatures: Float64Array;
  readonly constants: Float64Array;
  readonly outputBiases: Float64Array;
  /** [feature, example, rank]: layer, feature, share, size, size·distance, head, wiring. */
  readonly kept: Float32Array;
  readonly keptCounts: Uint16Array;
}

/** What the examples of one SAE's features read, summed as they come. Shares are of the example's pre-activation. */
export class LayerSums {
  readonly #sae: SummedSae;
  readonly #lower: ReadonlyMap<number, string>;
  readonly #components: readonly Component[];
  readonly #keptPerFeature: number;
  readonly state: LayerSumsState;

  constructor(
    { id, layer, site }: SummedSae,
    { dSae, components, examples, lower }: LayerSumsShape,
    state?: LayerSumsState,
  ) {
    this.#lower = lower;
    this.#sae = { id, layer, site };
    this.#components = components;
    this.#keptPerFeature = layer === 0 ? 0 : examples * featuresPerExample;
    this.state = state ?? {
      examples: new Uint16Array(dSae),
      parts: new Float32Array(dSae * components.length * partWidth),
      largest: new Float32Array(dSae * components.length),
      allFeatures: new Float64Array(dSae),
      constants: new Float64Array(dSae),
      outputBiases: new Float64Array(dSae),
      kept: new Float32Array(dSae * this.#keptPerFeature * featureWidth),
      keptCounts: new Uint16Array(dSae),
    };
  }

  add(feature: number, { parts, features, allFeatures, constant, outputBias }: ExplainedExample): void {
    const total = parts.reduce((sum, { attribution }) => sum + attribution, allFeatures + constant + outputBias);
    this.state.examples[feature] += 1;
    this.state.allFeatures[feature] += allFeatures / total;
    this.state.constants[feature] += constant / total;
    this.state.outputBiases[feature] += outputBias / total;
    parts.forEach((part, i) => this.#addPart(feature * this.#components.length + i, part, total));
    for (const part of features) this.#keep(feature, part, total);
  }

  /** A feature's rows, by magnitude of share; none where no example of it was explained. */
  rows(feature: number): NewUpstreamRow[] {
    const examples = this.state.examples[feature];
    if (examples === 0) return [];
    const { id, layer, site } = this.#sae;
    const own = { layer, sae: id, feature, examples };
    const features = this.#featureRows(feature, examples);
    const listed = features.slice(0, featuresListed);
    const others = this.state.allFeatures[feature] / examples - listed.reduce((sum, { share }) => sum + share, 0);
    const rest: Row = { ...whole, kind: 'other_features', share: others };
    const constant: Row = { ...whole, kind: 'constant', share: this.state.constants[feature] / examples };
    const outputBias: Row = {
      ...whole,
      kind: 'output_bias',
      upstream_layer: layer,
      share: this.state.outputBiases[feature] / examples,
    };
    const constants = [constant, ...(site === 'z' ? [] : [outputBias])];
    return [...this.#partRows(feature, examples), ...listed, ...constants, ...(features.length > 0 ? [rest] : [])]
      .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share))
      .map((row, rank) => ({ ...own, rank, ...row, seen: row.seen ?? examples }));
  }

  #addPart(at: number, { attribution, size, sizeTimesDistance, head }: Part, total: number): void {
    const [share, start] = [attribution / total, at * partWidth];
    const sums = this.state.parts;
    sums[start] += share;
    sums[start + 1] += size / Math.abs(total);
    sums[start + 2] += sizeTimesDistance / Math.abs(total);
    if (Math.abs(share) <= this.state.largest[at]) return;
    this.state.largest[at] = Math.abs(share);
    sums[start + 3] = head;
  }

  #keep(feature: number, part: FeaturePart, total: number): void {
    const count = this.state.keptCounts[feature];
    const { layer, feature: upstream, attribution, size, sizeTimesDistance, head, wiring } = part;
    const scale = Math.abs(total);
    const numbers = [layer, upstream, attribution / total, size / scale, sizeTimesDistance / scale, head, wiring];
    this.state.kept.set(numbers, (feature * this.#keptPerFeature + count) * featureWidth);
    this.state.keptCounts[feature] = count + 1;
  }

  #partRows(feature: number, examples: number): Row[] {
    return this.#components.map(({ kind, layer }, i) => {
      const start = (feature * this.#components.length + i) * partWidth;
      const [share = 0, size = 0, sizeTimesDistance = 0, head = 0] = this.state.parts.subarray(
        start,
        start + partWidth,
      );
      const distance = size > 0 ? sizeTimesDistance / size : null;
      return { ...whole, kind, upstream_layer: layer, head, share: share / examples, distance };
    });
  }

  /** The upstream features kept, those of several examples joined, by magnitude of share. */
  #featureRows(feature: number, examples: number): Row[] {
    const start = feature * this.#keptPerFeature * featureWidth;
    const kept = Array.from({ length: this.state.keptCounts[feature] }, (_, i) =>
      this.state.kept.subarray(start + i * featureWidth, start + (i + 1) * featureWidth),
    );
    const groups = Map.groupBy(kept, ([layer, upstream]) => `${layer}.${upstream}`);
    return [...groups.values()]
      .map((group) => joined(group, examples, this.#lower))
      .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
  }
}

type Row = Omit<NewUpstreamRow, 'layer' | 'sae' | 'feature' | 'rank' | 'examples' | 'seen'> & {
  readonly seen?: number;
};

/** What a row of no feature, head or position says. */
const whole = {
  upstream_layer: null,
  upstream_sae: null,
  upstream_feature: null,
  head: null,
  distance: null,
  wiring: null,
};

function joined(group: readonly Float32Array[], examples: number, lower: ReadonlyMap<number, string>): Row {
  const sum = (column: number) => group.reduce((total, numbers) => total + numbers[column], 0);
  const largest = group.reduce((best, one) => (Math.abs(one[2]) > Math.abs(best[2]) ? one : best));
  return {
    kind: 'feature',
    upstream_layer: largest[0],
    upstream_sae: lower.get(largest[0]) ?? null,
    upstream_feature: largest[1],
    head: largest[5],
    wiring: largest[6],
    share: sum(2) / examples,
    distance: sum(3) > 0 ? sum(4) / sum(3) : null,
    seen: group.length,
  };
}
