import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { Rotary } from '../model.ts';
import { positive } from './hub-fields.ts';

/** Rotary positions as a config has them: `type` in older ones. Fields that their type does not read are ignored. */
export const ropeFields = z
  .looseObject({
    rope_type: z.string().optional(),
    type: z.string().optional(),
    rope_theta: positive.nullish(),
    partial_rotary_factor: positive.nullish(),
    factor: positive.nullish(),
    low_freq_factor: positive.nullish(),
    high_freq_factor: positive.nullish(),
    original_max_position_embeddings: positive.nullish(),
  })
  .nullish();
export type RopeFields = z.infer<typeof ropeFields>;

interface RopeOptions {
  /** Where in the config the fields are, for messages. */
  readonly name: string;
  /** Dimensions that are rotated, and θ where the fields give none. */
  readonly dims: number;
  readonly theta: number;
  readonly nContext: number;
  /** The context before it was extended, where the config says so beside the fields. */
  readonly original?: number | null | undefined;
  readonly file: string;
}

/**
 * The frequencies of a rope type: `default`, `linear` (divided by a factor), `llama3` (the slow ones divided, the fast
 * ones kept, those between interpolated), and `dynamic`, which within the model's own context is `default`.
 * Source: huggingface/transformers, modeling_rope_utils.py; computed in float32, as there.
 */
export function rotaryPositions(fields: RopeFields, options: RopeOptions): Rotary {
  const { name, dims, nContext, file } = options;
  if (dims % 2 !== 0 || dims < 2 || dims > 65_536)
    throw new UserError(`invalid rotary dimensions: ${dims}, expected an even number (${file})`);
  const rope = fields ?? {};
  const type = rope.rope_type ?? rope.type ?? 'default';
  const plain = plainFrequencies(dims, rope.rope_theta ?? options.theta);
  const need = (field: 'factor' | 'low_freq_factor' | 'high_freq_factor'): number => {
    const value = rope[field];
    if (typeof value === 'number') return value;
    throw new UserError(`missing ${name}.${field}, which rope type ${type} needs (${file})`);
  };
  const rotary = (frequencies: readonly number[]): Rotary => ({ dims, frequencies: [...frequencies], pairs: 'halves' });
  if (type === 'default' || type === 'dynamic') return rotary(plain);
  if (type === 'linear') return rotary(plain.map((frequency) => Math.fround(frequency / need('factor'))));
  if (type === 'llama3') {
    const [factor, low, high] = [need('factor'), need('low_freq_factor'), need('high_freq_factor')];
    const original = originalContext(rope, options) ?? nContext;
    return rotary(plain.map((frequency) => llama3Frequency(frequency, { factor, low, high, original })));
  }
  throw new UserError(`unsupported rope type: ${type}, expected default, linear, dynamic or llama3 (${file})`);
}

/**
 * Throws UserError where the fields and the config around them differ: transformers 4 takes the one, transformers 5 the
 * other.
 */
function originalContext(rope: NonNullable<RopeFields>, { name, original: outer, file }: RopeOptions) {
  const { original_max_position_embeddings: inner } = rope;
  if (typeof inner !== 'number' || typeof outer !== 'number' || inner === outer) return inner ?? outer;
  const field = 'original_max_position_embeddings';
  throw new UserError(`${field} is ${outer}, expected ${inner} as in ${name}, or one of them alone (${file})`);
}

/** θ^(−2i/dims) of each pair i. Source: Su et al. 2021, arXiv:2104.09864, section 3.2.2. */
function plainFrequencies(dims: number, theta: number): number[] {
  return Array.from({ length: dims / 2 }, (_, i) => {
    const power = Math.fround(Math.fround(theta) ** Math.fround((2 * i) / dims));
    return Math.fround(1 / power);
  });
}

interface Llama3Scaling {
  readonly factor: number;
  readonly low: number;
  readonly high: number;
  /** The context before it was extended. */
  readonly original: number;
}

/** a/b of a number and a float32, which PyTorch multiplies by the reciprocal. */
const over = (a: number, b: number): number => Math.fround(Math.fround(a) * Math.fround(1 / b));

/**
 * A wavelength 2π/f above original/low is `factor` times as long, one below original/high as it was. Each step is rounded
 * to float32, as the reference rounds it: an angle is a frequency times thousands of positions.
 */
function llama3Frequency(frequency: number, { factor, low, high, original }: Llama3Scaling): number {
  const round = Math.fround;
  const wavelength = over(2 * Math.PI, frequency);
  if (wavelength > original / low) return round(frequency / factor);
  if (wavelength < original / high) return frequency;
  const smooth = round(round(over(original, wavelength) - low) / (high - low));
  const slow = round(round(round(1 - smooth) * frequency) / factor);
  return round(slow + round(smooth * frequency));
}
