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
  return severalByPlace(qualities).map(([name, own]) => {
    const ordered = own.toSorted((a, b) => a.l0 - b.l0 || b.explainedVariance - a.explainedVariance);
    return { name, points: ordered.map((quality, i) => ({ quality, best: isBest(ordered, i) })) };
  });
}

type Placed = Pick<SaeQuality, 'layer' | 'site'>;

/** Whether some of these SAEs have a place in common. */
export const hasFrontier = (saes: readonly Placed[]): boolean => severalByPlace(saes).length > 0;

function severalByPlace<T extends Placed>(saes: readonly T[]): [string, T[]][] {
  const places = Map.groupBy(saes, ({ layer, site }) => `layer ${layer}${outputNames[site]}`);
  return [...places].filter(([, own]) => own.length > 1);
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
