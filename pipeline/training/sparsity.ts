/**
 * How fast λ follows the distance of L0 from its target: the step of log λ for each unit of log(l0/target), while there are
 * too many active features and too few. Features that fell silent learn no more, so it falls faster than it rises.
 */
const [RISING, FALLING] = [0.01, 0.02];

/** λ of a step, from 0: rises linearly to its full value over the warm-up. */
export function warmedUp(lambda: number, step: number, warmup: number): number {
  return lambda * Math.min(1, (step + 1) / warmup);
}

/** λ moved so that L0 goes to its target: λ·(l0/target)^gain, the ratio held between 1/4 and 4. */
export function steerLambda(lambda: number, l0: number, target: number): number {
  return lambda * Math.min(4, Math.max(0.25, l0 / target)) ** (l0 > target ? RISING : FALLING);
}
