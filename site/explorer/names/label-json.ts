import type { FeatureLabel } from '../view.ts';

/**
 * What a feature is called and known by, as exports have it: its name, whether it is a label or made by rule, and
 * whether the label's score is no better than a guess; what is not known is left out.
 */
export function labelJson(label: FeatureLabel | undefined): object {
  if (!label) return {};
  const { name: nameOf, ...known } = label;
  const name = nameOf();
  if (!name) return known;
  const given = { name: name.text, named_by: name.isRule ? 'rule' : 'label' };
  return { ...given, ...(name.isAtChance && { score_at_chance: true }), ...known };
}
