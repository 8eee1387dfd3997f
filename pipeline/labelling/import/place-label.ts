import { UserError } from '../../errors/user-error.ts';
import type { LabelledSae } from '../run-saes.ts';
import type { LabelEntry } from './label-entry.ts';

/** Which SAE of the run a label is of, or why none is. Throws UserError where that is not clear from the label and `--sae`. */
export function saeOfLabel(
  { sae, layer }: Pick<LabelEntry, 'sae' | 'layer'>,
  saes: readonly LabelledSae[],
  asked: LabelledSae | undefined,
  place: string,
): LabelledSae | { readonly left: string } {
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
