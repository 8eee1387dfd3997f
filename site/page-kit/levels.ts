export const ACTIVATION_LEVELS = 9;
const ATTRIBUTION_LEVELS = 5;
/** Attributions under this share of the strip's largest stay unshaded. */
const ATTRIBUTION_FLOOR = 0.04;

/** Shading level 1…9 of an activation as a share of the feature's maximum; 0 when inactive. */
export function activationLevel(activation: number, max: number): number {
  if (!(activation > 0) || !(max > 0)) return 0;
  return Math.min(ACTIVATION_LEVELS, Math.max(1, Math.ceil((activation / max) * ACTIVATION_LEVELS)));
}

/** Signed shading level −5…5 of an attribution as a share of the strip's largest magnitude. */
export function attributionLevel(attribution: number, largest: number): number {
  const share = Math.abs(attribution) / largest;
  if (!(share >= ATTRIBUTION_FLOOR)) return 0;
  return Math.sign(attribution) * Math.min(ATTRIBUTION_LEVELS, Math.ceil(share * ATTRIBUTION_LEVELS));
}

/** Length of a bar of the given share of its track, in steps of 2%. */
export function barSteps(share: number): number {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * 50);
  return share > 0 ? Math.max(1, steps) : 0;
}

/** Class of a bar of the given share: inline widths would break the CSP. */
export const barClass = (share: number): string => `w${barSteps(share)}`;
