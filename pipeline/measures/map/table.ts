import { double, float, int, type NewRowOf, nullable, type RowOf, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** `umap`: neighbours are kept near each other; `pca`: the two directions in which features differ most. */
export type MapMethod = 'umap' | 'pca';

/** The maps of a run: one of each SAE, and one of all together where there are several. */
export const maps = optionalTable(
  'maps',
  {
    /** The SAE that is drawn alone; null for all together. */
    sae: nullable(text),
    method: text,
    /** Features on it. */
    features: int,
    /** Share of the variance of directions that lies in their first two principal components. */
    plane_variance: double,
  },
  { sortedBy: ['sae'] },
);

/** Where each alive feature is, in units of its map's own. */
export const mapPlaces = optionalTable(
  'map_places',
  {
    layer: int,
    sae: text,
    feature: int,
    /** Among its SAE's features. */
    x: float,
    y: float,
    /** Among those of all SAEs; null where there is but one. */
    all_x: nullable(float),
    all_y: nullable(float),
  },
  { sortedBy: ['layer', 'sae', 'feature'] },
);

export type MapRow = RowOf<typeof maps>;
export type NewMapRow = NewRowOf<typeof maps>;
export type MapPlaceRow = RowOf<typeof mapPlaces>;
export type NewMapPlaceRow = NewRowOf<typeof mapPlaces>;
