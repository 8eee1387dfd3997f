import type { FeatureLabel } from '../view.ts';

/** What exports say of a feature. */
export interface LabelJson extends Partial<Omit<FeatureLabel, 'name'>> {
  readonly name?: string | undefined;
  readonly named_by?: 'rule' | 'label' | undefined;
  readonly score_at_chance?: boolean | undefined;
}

/**
 * What a feature is called and known by, as exports have it: its name, whether it is a label or made by rule, and
 * whether the label's score is no better than a guess; what is not known is left out.
 */
export function labelJson(label: FeatureLabel | undefined): LabelJson {
  if (!label) return {};
  const { name: nameOf, ...known } = label;
  const name = nameOf();
  if (!name) return known;
  const chance = name.isAtChance ? { score_at_chance: true } : {};
  return { name: name.text, named_by: name.isRule ? 'rule' : 'label', ...chance, ...known };
}
