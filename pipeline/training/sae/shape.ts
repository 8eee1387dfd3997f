import { padded } from './arena.ts';

/** Sizes of an SAE in training. */
export interface SaeShape {
  readonly dIn: number;
  readonly dSae: number;
  /** Tokens of a step. */
  readonly batch: number;
}

/** Floats of a row of the weights and of x: dIn padded with zeros, which every operation keeps zero. */
export const widthOf = ({ dIn }: Pick<SaeShape, 'dIn'>): number => padded(dIn);
