/** Fewer activations are too few to tell a feature by. */
export const LEAST_ACTIVE = 3;

/** A pre-activation, and what it would take off ‖x − x̂‖² as an activation. */
export interface Gain {
  readonly pre: number;
  readonly gain: number;
}

/**
 * A floor under as many of the greatest pre-activations, in falling order, as are wanted, or under fewer where only these lessen
 * the error in sum: halfway to the next one, or to 0. Undefined where that is not below the floor there is, or where fewer
 * than LEAST_ACTIVE do.
 */
export function usefulFloor(greatest: readonly Gain[], wanted: number, floor: number): number | undefined {
  let gained = 0;
  let below: number | undefined;
  for (let i = 0; i < Math.min(wanted, greatest.length); i++) {
    gained += greatest[i].gain;
    const next = i + 1 < greatest.length ? greatest[i + 1].pre : 0;
    if (i + 1 >= LEAST_ACTIVE && gained > 0) below = (greatest[i].pre + next) / 2;
  }
  return below !== undefined && below < floor ? below : undefined;
}
