import type { PageEnv } from '../page-kit/page-env.ts';

/** A feature, a head and an SAE that the run has, as a reader would type them: `5/123`, `5.7`, `5`. */
export interface PlaceExamples {
  readonly feature: string;
  readonly head: string;
  readonly sae: string;
}

/** Of the SAE in the middle, a feature and a head as such numbers go, or its last where it has fewer. */
export function placeExamples({ dSae, layerOf, nHeads }: Pick<PageEnv, 'dSae' | 'layerOf' | 'nHeads'>): PlaceExamples {
  const saes = [...dSae.keys()];
  const sae = saes.at(saes.length / 2) ?? '0';
  const feature = Math.min(123, (dSae.get(sae) ?? 1) - 1);
  return { feature: `${sae}/${feature}`, head: `${layerOf(sae) ?? 0}.${Math.min(7, nHeads - 1)}`, sae };
}
