import { type Interval, wilsonInterval } from '../../../../numbers/wilson.ts';

/** How many things that are `truth` were called `called`. */
export interface ConfusionCell {
  readonly truth: string;
  readonly called: string;
  readonly count: number;
}

/** A share with its 95 % interval; both undefined of nothing. */
export interface Rate {
  readonly right: number;
  readonly of: number;
  readonly share: number | undefined;
  readonly interval: Interval;
}

export interface ClassFigures {
  readonly name: string;
  /** Of what was called so, what is so. */
  readonly precision: Rate;
  /** Of what is so, what was called so. */
  readonly recall: Rate;
}

/** Precision and recall of each name, in the order given, with their Wilson intervals. */
export function classFigures(cells: readonly ConfusionCell[], names: readonly string[]): ClassFigures[] {
  return names.map((name) => {
    const right = countOf(cells, (cell) => cell.truth === name && cell.called === name);
    return {
      name,
      precision: rateOf(
        right,
        countOf(cells, ({ called }) => called === name),
      ),
      recall: rateOf(
        right,
        countOf(cells, ({ truth }) => truth === name),
      ),
    };
  });
}

/** The share of all that was called what it is. */
export function accuracy(cells: readonly ConfusionCell[]): Rate {
  return rateOf(
    countOf(cells, ({ truth, called }) => truth === called),
    countOf(cells, () => true),
  );
}

export function rateOf(right: number, of: number): Rate {
  return { right, of, share: of > 0 ? right / of : undefined, interval: wilsonInterval(right, of) };
}

function countOf(cells: readonly ConfusionCell[], isCounted: (cell: ConfusionCell) => boolean): number {
  return cells.reduce((sum, cell) => (isCounted(cell) ? sum + cell.count : sum), 0);
}
