import { roleThresholds } from '../../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadRow, HeadVerdictRow } from '../../../pipeline/measures/heads/table.ts';
import { type NameOf, titleOf } from '../../page-kit/feature-name.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, joined, nothing } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { Links } from '../../page-kit/links.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { saeQuery } from '../../page-kit/sae-query.ts';
import { statList } from '../../page-kit/stat-list.ts';
import { conflictSentence } from './attention-words.ts';
import { rolesText } from './roles-text.ts';

/** Whether a head does one thing and by which rule, at an address of its own; nothing where it has no verdict. */
export function polysemanticitySection(row: HeadRow, verdicts: readonly HeadVerdictRow[], env: PageEnv): Html {
  const { polysemanticity, scores, conflicts } = row;
  if (polysemanticity === null || scores === null) return nothing;
  const most = roleThresholds.roles;
  const notes = (conflicts ?? []).map(
    (conflict) => html`<p class=note>${conflictSentence(conflict, (share) => percent(share, 2))}</p>`,
  );
  return html`
    <section id=polysemanticity>
      <h2><a href="${env.links.page('methods')}#roles">Polysemanticity</a></h2>
      <p class=judged><b>${polysemanticity}</b></p>
      <p class=note>
        Over all features with more than an even share (${percent(1 / env.nHeads)}) of their decoder norm on it, each
        weighted by the share of its attribution that the head carries: a candidate for monosemanticity has at
        most ${most} effective roles, a polysemantic head more.
      </p>
      ${notes}
      ${statList([
        ['Effective roles', rolesText(scores)],
        ['Features', count(scores.features)],
        ['Of a known family', `${count(scores.known_features)}, ${percent(scores.known_share, 2)} of the attribution`],
        ...(notes.length === 0 ? [['Attention', 'does not contradict it'] as const] : []),
        ...triedStats(verdicts),
      ])}
      ${paperNote(row)}
    </section>
  `;
}

/** How many of the choices tried give each verdict. */
function triedStats(verdicts: readonly HeadVerdictRow[]): [string, string][] {
  const counts = [...Map.groupBy(verdicts, ({ verdict }) => verdict)].toSorted(([, a], [, b]) => b.length - a.length);
  const text = counts.map(([verdict, own]) => `${own.length} ${verdict}`).join(', ');
  return counts.length > 0
    ? [[`Verdict by ${verdicts.length} choices of features, threshold and confidence`, text]]
    : [];
}

/** What the paper's rule says of the head: the families of the ten features of greatest head weight, and how many roles they form. */
function paperNote({ paper_rule }: HeadRow): Html {
  if (paper_rule === null || paper_rule.features === 0) return nothing;
  const { verdict, features, roles, family_mix } = paper_rule;
  const mix = family_mix.map(({ family, features }) => `${features} ${family}`).join(', ');
  const by = [
    ['family', paper_rule.roles_by_family],
    ['what they read', paper_rule.roles_by_reading],
    ['logit effect', paper_rule.roles_by_logit_effect],
    ['activation', paper_rule.roles_by_activation],
  ] as const;
  return html`
    <p class=note>
      <b>By the paper’s rule</b>, the ${features} features of greatest head
      weight: ${verdict}, ${significant(roles, 2)} roles (${mix}). By one aspect alone they would
      form ${by.map(([name, value]) => `${significant(value, 2)} by ${name}`).join(', ')}; ${features} means that no two
      have anything in common.
    </p>
  `;
}

/** What its features are for: families by the attribution that the head carries, with the features that form each. */
export function rolesSection({ sae, head, family_mix, scores }: HeadRow, links: Links, nameOf?: NameOf): Html {
  if (scores === null || family_mix === null || family_mix.length === 0) return nothing;
  const query = `${links.page('features')}?${saeQuery(sae)}&head=${head}&family=`;
  const items = family_mix.map(({ family, share, features, leading }) => {
    const named = Array.from(leading, (feature) => {
      return html`<a href="${links.feature(sae, feature)}"${titleOf(nameOf?.(sae, feature))}>${feature}</a>`;
    });
    const more = features > leading.length ? ` and ${count(features - leading.length)} more` : '';
    return html`
      <li>
        <i class=${barClass(share)}></i><a href="${query}${encodeURIComponent(family)}">${family}</a>
        <span>${percent(share, 2)}</span>
      </li>
      <li class=formed>${joined(named, ' ')}${more}</li>
    `;
  });
  return html`
    <section id=roles>
      <h2>Roles</h2>
      <p class=note>
        Families of its features, by the share of the head’s attribution; below each, the features it carries most of.
      </p>
      <ol class=bars>${items}</ol>
    </section>
  `;
}
