import type { SaeQuality } from './quality.ts';

/** An SAE among those of its layer and site. */
export interface FrontierPoint {
  readonly quality: SaeQuality;
  /** No other of them explains more variance with as few active features or fewer. */
  readonly best: boolean;
}

/** The SAEs of one place in the model, by ascending L0. */
export interface Frontier {
  readonly name: string;
  readonly points: readonly FrontierPoint[];
}

const outputNames = { z: '', attn_module: ' module output', attn_out: ' output' } as const;

/** A frontier of every layer and site that has several SAEs. */
export function frontiersOf(qualities: readonly SaeQuality[]): Frontier[] {
  const places = Map.groupBy(qualities, ({ layer, site }) => `layer ${layer}${outputNames[site]}`);
  return [...places]
    .filter(([, own]) => own.length > 1)
    .map(([name, own]) => {
      const ordered = own.toSorted((a, b) => a.l0 - b.l0 || b.explainedVariance - a.explainedVariance);
      return { name, points: ordered.map((quality, i) => ({ quality, best: isBest(ordered, i) })) };
    });
}

const isBest = (ordered: readonly SaeQuality[], index: number): boolean =>
  ordered.slice(0, index).every(({ explainedVariance }) => explainedVariance < ordered[index].explainedVariance);

/** A line for each frontier: what its SAEs reach, those that another surpasses in parentheses. */
export const frontierLines = (frontiers: readonly Frontier[]): string[] =>
  frontiers.map(
    ({ name, points }) => `frontier of ${name} (L0: explained, recovered): ${points.map(pointText).join('  ')}`,
  );

function pointText({ quality: { l0, explainedVariance, lossRecovered }, best }: FrontierPoint): string {
  const text = `${l0.toFixed(1)}: ${explainedVariance.toFixed(3)}, ${lossRecovered.toFixed(3)}`;
  return best ? text : `(${text})`;
}
