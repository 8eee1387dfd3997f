import { type Arena, arenaBytes, createArena, padded } from './arena.ts';
import { type SaeShape, widthOf } from './shape.ts';

/**
 * What an SAE learns, of x centred and scaled: wEnc and wDec [dSae, width], one row a feature, decoder rows of unit
 * norm; bEnc [dSae]; bDec [width]; theta [dSae], JumpReLU's thresholds.
 */
export const parameterNames = ['wEnc', 'wDec', 'bEnc', 'bDec', 'theta'] as const;
export type ParameterName = (typeof parameterNames)[number];

/** A parameter, its gradient, and Adam's two means. */
interface Parameter {
  readonly p: Float32Array;
  readonly g: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}
type Parameters = Readonly<Record<ParameterName, Parameter>>;

export interface StateOptions extends SaeShape {
  /** Most entries of a batch, and of a batch's auxiliary reconstruction. */
  readonly entries: number;
  readonly auxEntries: number;
  /** Nested prefixes of the features; 1 unless Matryoshka. */
  readonly groups: number;
}

const floatWork = [
  ...(['x', 'pre', 'residual', 'values', 'dots', 'candidates', 'groupValues'] as const),
  ...(['aux', 'auxValues', 'auxDots', 'auxCandidates', 'floors'] as const),
  ...(['rates', 'squares', 'direction', 'products'] as const),
] as const;
type FloatWork = (typeof floatWork)[number];
type IntWork =
  | 'rowStart'
  | 'features'
  | 'positions'
  | 'groupRowStart'
  | 'groupFeatures'
  | 'auxRowStart'
  | 'auxFeatures'
  | 'auxPositions';

/** An SAE in training: its parameters and the arrays that a step works in, in one memory. */
export interface SaeState {
  readonly options: StateOptions;
  readonly parameters: Parameters;
  /** How many steps changed each feature [dSae]. */
  readonly updates: Uint32Array;
  readonly floats: Arena<FloatWork, IntWork>['floats'];
  readonly ints: Arena<FloatWork, IntWork>['ints'];
  readonly kernels: Arena<FloatWork, IntWork>['kernels'];
}

const roles = ['p', 'g', 'm', 'v'] as const;

/** Lengths of the arrays of an SAE in training. */
function lengthsOf(options: StateOptions) {
  const { batch, dSae, entries, auxEntries, groups } = options;
  const width = widthOf(options);
  const sizes = { wEnc: dSae * width, wDec: dSae * width, bEnc: dSae, bDec: width, theta: dSae };
  const learnt = parameterNames.flatMap((name) => roles.map((role) => [`${name}.${role}`, sizes[name]] as const));
  const room = entries + 16;
  const floats: Record<FloatWork, number> = {
    x: batch * width,
    pre: batch * dSae,
    residual: groups * batch * width,
    values: room,
    dots: room,
    candidates: room,
    groupValues: groups > 1 ? room : 0,
    aux: batch * width,
    auxValues: auxEntries,
    auxDots: auxEntries,
    auxCandidates: dSae,
    floors: dSae,
    rates: dSae,
    squares: dSae,
    direction: width,
    products: batch,
  };
  const ints: Record<IntWork, number> = {
    rowStart: batch + 1,
    features: room,
    positions: room,
    groupRowStart: groups > 1 ? groups * padded(batch + 1) : 0,
    groupFeatures: groups > 1 ? room : 0,
    auxRowStart: batch + 1,
    auxFeatures: auxEntries,
    auxPositions: dSae,
  };
  return { floats: { ...Object.fromEntries(learnt), ...floats }, ints };
}

/** Bytes of an SAE in training. */
export function stateBytes(options: StateOptions): number {
  const { floats, ints } = lengthsOf(options);
  return arenaBytes([...Object.values<number>(floats), ...Object.values(ints)]);
}

export async function createState(options: StateOptions): Promise<SaeState> {
  const { floats, ints } = lengthsOf(options);
  const arena = await createArena<string, IntWork>(floats, ints);
  const array = (name: string) => arrayOf(arena.floats, name);
  const parameter = (name: ParameterName): Parameter => {
    return { p: array(`${name}.p`), g: array(`${name}.g`), m: array(`${name}.m`), v: array(`${name}.v`) };
  };
  array('pre').fill(Number.NEGATIVE_INFINITY);
  return {
    options,
    parameters: byName(parameterNames, parameter),
    updates: new Uint32Array(options.dSae),
    floats: byName(floatWork, array),
    ints: arena.ints,
    kernels: arena.kernels,
  };
}

function byName<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}

function arrayOf(arrays: Readonly<Record<string, Float32Array>>, name: string): Float32Array {
  const array = arrays[name];
  if (!array) throw new RangeError(`no array ${name} in the training state`);
  return array;
}
