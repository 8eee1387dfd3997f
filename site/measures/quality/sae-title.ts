import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';

/** An SAE by its layer, where that says it all, else by its id. */
export const saeTitle = ({ sae, layer }: Pick<SaeRow, 'sae' | 'layer'>): string =>
  sae === String(layer) ? `Layer ${layer}` : `SAE ${sae}`;
