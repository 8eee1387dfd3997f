import { placeNamed } from '../browser/place-named.ts';

/**
 * What is compared: pages by their names without extension, and SAEs, which are rows of a page, as `s/5-16k`; of the run that
 * this one was compared with, `other/f/5/123`.
 */
export type Compared = 'f' | 'h' | 's';

const NAME = /^(?:other\/)?(?:[fh]\/\d{1,4}(?:-[\w.-]+)?\/\d{1,9}|s\/\d{1,4}(?:-[\w.-]+)?)$/;

/** The name that an address or a reader gives: `f/5/123`, `5/123`, `5.7`, `s/5`, `SAE 5`; nothing where it is none. */
export function comparedName(text: string): string | undefined {
  const typed = text.trim().replace(/^sae\s+/i, 's/');
  return NAME.test(typed) ? typed : placeNamed(typed, { sae: '' });
}

const OTHER = 'other/';

/** Whether what is named is of the other run. */
export const isOfOther = (name: string): boolean => name.startsWith(OTHER);

/** The name in its own run's site. */
export const ownName = (name: string): string => (isOfOther(name) ? name.slice(OTHER.length) : name);

export function kindOf(name: string): Compared {
  const own = ownName(name);
  return own.startsWith('f') ? 'f' : own.startsWith('h') ? 'h' : 's';
}

/** As a reader would type it, where that names the same: `5/123`, `5.7`, `SAE 5`; else the name itself. */
export function asTyped(name: string): string {
  const [kind, sae, number] = name.split('/');
  const typed = kind === 'f' ? `${sae}/${number}` : kind === 'h' ? `${sae}.${number}` : `SAE ${sae}`;
  return comparedName(typed) === name ? typed : name;
}

/** `feature 5/123`, `head 5.7`, `head 5.7 by SAE 5-16k`, `SAE 5`, `feature 5/123 of the other run`. */
export function inWords(name: string): string {
  if (isOfOther(name)) return `${inWords(ownName(name))} of the other run`;
  const [kind, sae, number] = name.split('/');
  if (kind === 's') return `SAE ${sae}`;
  if (kind === 'f') return `feature ${sae}/${number}`;
  const layer = Number.parseInt(sae, 10);
  return `head ${layer}.${number}${sae === String(layer) ? '' : ` by SAE ${sae}`}`;
}
