import { UserError } from '../../errors/user-error.ts';
import { sourceSuffix } from '../../exchange/neuronpedia/source-suffix.ts';
import type { LabelledSae } from '../run-saes.ts';
import type { LabelEntry } from './label-entry.ts';

type Placed = LabelledSae | { readonly left: string };

/**
 * Says which SAE of the run each label is of, or why none is. Throws UserError where that is not clear from the label and
 * `--sae`, and where labels of several of Neuronpedia's sources, each of an SAE of its own, would be of one.
 */
export function labelPlacer(saes: readonly LabelledSae[], asked: LabelledSae | undefined) {
  const sources = new Map<LabelledSae, string>();
  return (entry: LabelEntry, place: string): Placed => {
    const { layer, ofSource } = entry;
    const named = ofSource?.suffix && saes.find((sae) => sae.layer === layer && sourceSuffix(sae) === ofSource.suffix);
    const of = saeOfLabel({ layer, sae: named ? named.id : entry.sae }, saes, asked, place);
    if ('left' in of || !ofSource) return of;
    const other = sources.get(of) ?? ofSource.name;
    if (other !== ofSource.name)
      throw new UserError(
        `labels of ${other} and ${ofSource.name}, expected of one of them for SAE ${of.id} (${place})`,
      );
    sources.set(of, other);
    return of;
  };
}

function saeOfLabel(
  { sae, layer }: Pick<LabelEntry, 'sae' | 'layer'>,
  saes: readonly LabelledSae[],
  asked: LabelledSae | undefined,
  place: string,
): Placed {
  if (sae !== null) {
    const named = saes.find(({ id }) => id === sae);
    if (asked && named !== asked) return { left: `of other SAEs than ${asked.id}` };
    return named ?? { left: `of SAE ${sae}, which the run does not have` };
  }
  if (layer !== null) {
    const ofLayer = saes.filter((candidate) => candidate.layer === layer);
    if (asked) return asked.layer === layer ? asked : { left: `of other SAEs than ${asked.id}` };
    if (ofLayer.length > 1) throw unclear(`layer ${layer} has several SAEs`, ofLayer, place);
    return ofLayer.at(0) ?? { left: `of layer ${layer}, which the run does not have` };
  }
  if (asked) return asked;
  const [only] = saes;
  if (only && saes.length === 1) return only;
  throw unclear('the label says neither layer nor sae', saes, place);
}

const unclear = (what: string, saes: readonly LabelledSae[], place: string) =>
  new UserError(`${what}, expected a column sae, or --sae ${saes.map(({ id }) => id).join(' or ')} (${place})`);
