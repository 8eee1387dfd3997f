import type { Engine } from '../../engine/program.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { KeptNearest } from './maths/kept-nearest.ts';
import { nearestProgram } from './programs.ts';

/** Unit vectors, of which some are made at a time. */
export interface UnitVectors {
  readonly count: number;
  readonly width: number;
  /** Those of `first` … `last` − 1 as [rows, width]; rows past them are zeros. */
  rows(first: number, last: number, rows: number): FloatTensor;
}

export interface NearestSearch {
  readonly engine: Engine;
  readonly targets: UnitVectors;
  readonly candidates: UnitVectors;
  /** Neighbours wanted of each target. */
  readonly k: number;
  /** Whether the candidates are the targets, none of which is its own neighbour. */
  readonly areSame?: boolean;
  /** Numbers of a block of candidates, about. */
  readonly blockNumbers?: number;
}

/** Targets looked for in one product. */
const rowsPerRun = 256;
/** 64 MiB of candidates. */
const defaultBlock = 2 ** 24;

/**
 * The k candidates that each target makes the greatest cosines with, by their places and exactly: 2·n·m·width floating-point
 * operations; ties go to the lower place. `progress` hears of targets compared with a block.
 */
export async function nearestVectors(
  { engine, targets, candidates, k, areSame = false, blockNumbers = defaultBlock }: NearestSearch,
  progress: (compared: number) => void = () => {},
): Promise<KeptNearest> {
  const kept = new KeptNearest(targets.count, k);
  const most = Math.max(1, Math.floor(blockNumbers / candidates.width));
  const rows = Math.min(rowsPerRun, targets.count);
  for (let from = 0; from < candidates.count; from += most) {
    const to = Math.min(candidates.count, from + most);
    // One more where a vector is among the candidates itself.
    const wanted = Math.min(areSame ? k + 1 : k, to - from);
    const run = await engine.compile(nearestProgram(candidates.rows(from, to, to - from), rows, wanted));
    for (let first = 0; first < targets.count; first += rows) {
      const last = Math.min(targets.count, first + rows);
      const { values, ids } = await run({ rows: targets.rows(first, last, rows) });
      for (let i = 0; i < (last - first) * wanted; i++) {
        const [target, other] = [first + Math.floor(i / wanted), from + ids.data[i]];
        if (!areSame || target !== other) kept.add(target, other, Math.min(1, values.data[i]));
      }
      progress(last - first);
    }
    await run.dispose();
  }
  return kept;
}
