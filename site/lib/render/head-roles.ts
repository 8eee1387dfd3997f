import { roleAspects } from '../../../pipeline/core/head-roles.ts';
import type { HeadRow } from '../../../pipeline/store/schema.ts';
import { percent, significant } from '../format.ts';
import { barClass } from '../levels.ts';
import type { Links } from '../links.ts';
import { escapeText } from './escape.ts';
import { statList } from './stat-list.ts';

/** Whether a head does one thing, at an address of its own; nothing where it was not judged. */
export function polysemanticitySection(row: HeadRow, links: Links): string {
  const { polysemanticity, scores } = row;
  if (polysemanticity === null || scores === null) return '';
  const roles = (name: string) => significant(scores.get(name) ?? 0, 2);
  const judged = scores.get('features judged') ?? 0;
  return (
    `<section id=polysemanticity><h2><a href="${links.page('methods')}#roles">Polysemanticity</a></h2>` +
    `<p class=judged><b>${escapeText(polysemanticity)}</b></p><p class=note>Judged by the features of greatest head weight that have more than an even share of their decoder on it, ten at most.</p>` +
    statList([
      [`Roles of its ${judged} leading features`, roles('roles')],
      ['Roles of the first 5', roles('roles of 5')],
      ['Roles of the first 20', roles('roles of 20')],
      ['Features of a known family', `${scores.get('features of a known family') ?? 0} of ${judged}`],
    ]) +
    '</section>'
  );
}

/** What its leading features are for, family by family, and how many roles each way to tell them apart makes. */
export function rolesSection({ layer, head, family_mix, scores }: HeadRow, links: Links): string {
  if (scores === null || family_mix === null || family_mix.size === 0) return '';
  const mix = [...family_mix].toSorted(([, a], [, b]) => b - a);
  const query = `${links.page('features')}?layer=${layer}&amp;head=${head}&amp;family=`;
  const items = mix.map(
    ([family, share]) =>
      `<li><i class=${barClass(share)}></i><a href="${query}${encodeURIComponent(family)}">${escapeText(family)}</a>` +
      `<span>${percent(share, 2)}</span></li>`,
  );
  const aspects = roleAspects.flatMap((aspect): [string, string][] => {
    const roles = scores.get(`roles by ${aspect}`);
    return roles === undefined ? [] : [[`Roles by ${aspect}`, significant(roles, 2)]];
  });
  return (
    '<section id=roles><h2>Roles</h2><p class=note>Leading features by family.</p>' +
    `<ol class=bars>${items.join('')}</ol>${statList(aspects)}</section>`
  );
}
