import { percent } from '../page-kit/format.ts';
import type { SearchManifest } from './format.ts';
import type { SearchQuery } from './query.ts';

type Asked = Pick<SearchQuery, 'layer' | 'sae' | 'head' | 'family' | 'minDensity' | 'maxDensity'>;

/** What a query asks for that no feature of the run can have, a sentence each; an address may ask for anything. */
export function noSuch(
  { layer, sae, head, family, minDensity, maxDensity }: Asked,
  { saes, families }: Pick<SearchManifest, 'saes' | 'families'>,
  nHeads: number,
): string[] {
  const layers = [...new Set(saes.map((own) => own.layer))];
  const sentences: (string | false)[] = [
    layer !== null && !layers.includes(layer) && `There is no layer ${layer}: the layers are ${layers.join(', ')}.`,
    sae !== null &&
      !saes.some((own) => own.sae === sae && (layer === null || own.layer === layer)) &&
      `There is no SAE ${sae}${layer === null ? '' : ` of layer ${layer}`}.`,
    head !== null && head >= nHeads && `There is no head ${head}: a layer’s heads are 0 to ${nHeads - 1}.`,
    family !== null && !families.includes(family) && `No family is called “${family}”.`,
    minDensity !== null &&
      maxDensity !== null &&
      minDensity > maxDensity &&
      `The least density, ${percent(minDensity)}, is above the greatest, ${percent(maxDensity)}.`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}
