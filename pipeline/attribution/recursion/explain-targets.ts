import { least } from '../../numbers/extremes.ts';

/** A feature at a position of a prompt. */
export interface AttributionTarget {
  readonly feature: number;
  readonly position: number;
}

/**
 * Where the contributions of one prompt are computed: by tensors in a reader's tab, or by an engine's programs. Targets
 * are of one layer; `Dense` is what components and value bias contribute to a block of them, `Sparse` what the active
 * features of one lower layer do.
 */
export interface ContributionSource<Reading, Dense, Sparse> {
  /** Targets explained at once: the largest of these that is filled, else the smallest. */
  readonly blockSizes: readonly number[];
  /** Layers whose active features are known, ascending. */
  readonly featureLayers: readonly number[];
  /** Also what the targets read, which `features` needs. */
  dense(
    layer: number,
    targets: readonly AttributionTarget[],
  ): Promise<{ readonly reading: Reading; readonly dense: Dense }>;
  features(from: number, reading: Reading): Promise<Sparse>;
  /** Called once a block's features have all been asked for. */
  release?(reading: Reading): void;
}

export interface ExplainedBlock<Dense, Sparse> {
  readonly targets: readonly AttributionTarget[];
  readonly dense: Dense;
  /** Of each lower layer, ascending. */
  readonly features: readonly Sparse[];
}

/**
 * Recursive DFA, one step, of features of one layer: contributions A^h[t, s]/σ_s·(x_s·direction^h) of every component x
 * of the residual stream at each source s, upstream features as f_j·wDec[j]·W_O. They sum to the DFA.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export async function* explainTargets<Reading, Dense, Sparse>(
  source: ContributionSource<Reading, Dense, Sparse>,
  layer: number,
  targets: readonly AttributionTarget[],
): AsyncGenerator<ExplainedBlock<Dense, Sparse>> {
  const lower = source.featureLayers.filter((from) => from < layer);
  for (const block of blocksOf(targets, source.blockSizes)) {
    const { reading, dense } = await source.dense(layer, block);
    const features: Sparse[] = [];
    for (const from of lower) features.push(await source.features(from, reading));
    source.release?.(reading);
    yield { targets: block, dense, features };
  }
}

/** Items in turn, each time as many as the largest of some sizes that is filled, or else the smallest. */
export function* blocksOf<T>(items: readonly T[], sizes: readonly number[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; ) {
    const size = sizes.find((each) => each <= items.length - at) ?? least(sizes);
    yield items.slice(at, at + size);
    at += size;
  }
}
