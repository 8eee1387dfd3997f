import type { HeadRow } from '../../../pipeline/store/schema.ts';
import { significant } from '../format.ts';
import { headSentence } from '../head-sentence.ts';
import type { Links } from '../links.ts';
import { escapeText } from './escape.ts';

/** What a head is for, in a sentence with its evidence, at an address of its own; nothing where it was not judged. */
export function headRolesSection(row: HeadRow, links: Links): string {
  const sentence = headSentence(row);
  if (sentence === '') return '';
  const items = [...(row.scores ?? [])].map(
    ([name, score]) => `<div><dt>${escapeText(name)}</dt><dd>${significant(score, 2)}</dd></div>`,
  );
  return (
    `<section id=roles aria-labelledby=roles-title><h2 id=roles-title><a href="${links.page('methods')}#roles">Roles</a></h2>` +
    `<p>${escapeText(sentence)}</p><details><summary>Evidence</summary><dl class=stats>${items.join('')}</dl></details></section>`
  );
}
