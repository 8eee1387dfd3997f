import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { ModelConfig } from '../model.ts';
import { shown } from './parse-hub.ts';

/** What each layer attends to, of newer configs. */
export const layerTypes = z.array(z.string()).nullish();

const known = ['full_attention', 'sliding_attention'];

/** Whether each layer has a window, by `layer_types`. Throws UserError for a type that is not attention of these two kinds. */
export function slidingLayers(types: readonly string[], nLayers: number, file: string): boolean[] {
  const other = types.find((type) => !known.includes(type));
  if (other !== undefined) {
    throw new UserError(`unsupported layer type: ${other}, expected ${known.join(' or ')} (${file})`);
  }
  if (types.length !== nLayers) {
    throw new UserError(
      `invalid layer_types: ${types.length} of them, expected one of each of ${nLayers} layers (${file})`,
    );
  }
  return types.map((type) => type === 'sliding_attention');
}

/** The windows of layers of which some have one; null where none has. */
export function windowsOf(sliding: readonly boolean[], window: number | null, file: string): ModelConfig['windows'] {
  if (!sliding.includes(true)) return null;
  if (window === null) {
    throw new UserError(
      `invalid sliding_window: ${shown(window)}, expected a size for the layers that have one (${file})`,
    );
  }
  return sliding.map((isSliding) => (isSliding ? window : null));
}
