import { type FeatureName, nameParts } from '../../page-kit/feature-name.ts';

/** How a summary begins whose tokens say the most. */
const opening = 'active on ';

/** A name where there is room for a few words: a summary without its opening, tokens without quotes. */
export function briefName(name: FeatureName, most: number): string {
  const isOpened = name.isRule && name.text.startsWith(opening);
  const { parts } = nameParts(isOpened ? { ...name, text: name.text.slice(opening.length) } : name, most);
  return parts.map(({ text }) => text).join('');
}
