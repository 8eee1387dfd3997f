export interface Schedule {
  readonly peak: number;
  readonly warmup: number;
  /** Step at which the rate starts to fall; it reaches zero `decay` steps later. */
  readonly decayFrom: number;
  readonly decay: number;
}

/**
 * Learning rate of a step, from 0: linear warm-up, constant, then linear to zero ("warm-up, stable, decay").
 * Source: Hu et al. 2024, arXiv:2404.06395, section 4.
 */
export function learningRate(step: number, { peak, warmup, decayFrom, decay }: Schedule): number {
  const rising = Math.min(1, (step + 1) / warmup);
  const falling = Math.min(1, Math.max(0, (decayFrom + decay - step) / decay));
  return peak * Math.min(rising, falling);
}

/** The schedule that ends after `steps`, its last two fifths falling. */
export function plannedSchedule(peak: number, warmup: number, steps: number): Schedule {
  const decay = Math.max(1, Math.floor((2 * steps) / 5));
  return { peak, warmup, decayFrom: steps - decay, decay };
}

/** The same schedule with the fall started at `step`, half as long as what came before it, but no later than planned. */
export function decayingFrom(schedule: Schedule, step: number): Schedule {
  if (step >= schedule.decayFrom) return schedule;
  return {
    ...schedule,
    decayFrom: step,
    decay: Math.max(1, Math.min(Math.floor(step / 2), lastStep(schedule) - step)),
  };
}

export const lastStep = ({ decayFrom, decay }: Schedule): number => decayFrom + decay;
