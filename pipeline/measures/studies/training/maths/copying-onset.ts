/** What a point of a training's curve says of copying, in nats a token. */
export interface CopyingPoint {
  /** On random tokens, and on the same tokens said again. */
  readonly repeats_first: number | null;
  readonly repeats_second: number | null;
}

/** Nats by which a token costs less when its sequence comes again; null where it was not measured. */
export function copyingGain({ repeats_first, repeats_second }: CopyingPoint): number | null {
  return repeats_first === null || repeats_second === null ? null : repeats_first - repeats_second;
}

/** Where on a curve copying came: indices of points. */
export interface CopyingOnset<T> {
  /** The gain at the curve's end, in nats. */
  readonly gain: number;
  /** From where on the gain stays at a tenth, half and nine tenths of that. */
  readonly tenth: T;
  readonly half: T;
  readonly nineTenths: T;
}

/** Less than this at the end is no copying. */
const leastGain = 1;

/**
 * Where a model came to copy: the first points after which the gain never again falls below a tenth, half and nine tenths
 * of what it is at the end. Undefined where it ends below 1 nat, or was not measured.
 * Source of the measure: Olsson et al. 2022, arXiv:2209.11895; the thresholds are ours.
 */
export function copyingOnset<T extends CopyingPoint>(curve: readonly T[]): CopyingOnset<T> | undefined {
  const measured = curve.flatMap((point) => {
    const gain = copyingGain(point);
    return gain === null ? [] : [{ point, gain }];
  });
  const last = measured.at(-1);
  if (!last || last.gain < leastGain) return undefined;
  const staysAt = (share: number): T => {
    const below = measured.findLastIndex(({ gain }) => gain < share * last.gain);
    return measured[below + 1].point;
  };
  return { gain: last.gain, tenth: staysAt(0.1), half: staysAt(0.5), nineTenths: staysAt(0.9) };
}
