import type { FamilyMixRow } from '../../../pipeline/measures/families/family-mix.ts';
import { type Family, families } from '../../../pipeline/measures/families/maths/family-names.ts';
import type { FamilyCheckRow } from '../../../pipeline/measures/families/table.ts';
import type { ExampleRow, FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { headLines } from '../../compose/head-lines.ts';
import { nameShown } from '../../page-kit/feature-name.ts';
import { count, percent } from '../../page-kit/format.ts';
import { attr, type Html, html, joined, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import type { RenderedPage } from '../../page-kit/rendered-page.ts';
import { saeWords } from '../../page-kit/sae-query.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
import { longExample } from '../statistics/example.ts';
import { confidenceShown } from './confidence-shown.ts';
import { familyDefinitions, familySlug } from './family-definitions.ts';
import { familyLink } from './family-mix.ts';

/** A feature that is surely of its family, with its strongest examples. */
export interface FamilyExemplar {
  readonly row: FeatureRow;
  readonly top: readonly ExampleRow[];
  /** How its family holds on random active tokens, where that was looked at. */
  readonly check?: FamilyCheckRow | undefined;
}

export interface FamilyPage {
  readonly family: Family;
  /** Its rows of every SAE. */
  readonly mix: readonly FamilyMixRow[];
  readonly exemplars: readonly FamilyExemplar[];
}

const PROMOTED = 5;

/** What a family is, how many features of each SAE are of it, and its surest features with their examples. */
export function familyPage({ family, mix, exemplars }: FamilyPage, env: PageEnv): RenderedPage {
  const features = mix.reduce((sum, row) => sum + row.features, 0);
  const definition = familyDefinitions[family];
  const title = `${family.charAt(0).toUpperCase()}${family.slice(1)} features`;
  const summary = `${definition} ${count(features)} live features of ${env.modelName} are of this family.`;
  const { links } = env;
  return {
    head: headLines(
      { title: `${title} · ${env.modelName}`, description: summary },
      links,
      `families/${familySlug(family)}`,
    ),
    body: html`
      <nav class=crumbs aria-label="Place"><a href="${links.page('features')}">Features</a></nav>
      <header class=title>
        <h1>${title}</h1>
        <p id=summary>${definition}</p>
        <nav aria-label=Families>
          <ul class=chips>${families.map((each) => familyItem(each, each === family, links))}</ul>
        </nav>
      </header>
      <p class=note>
        ${count(features)} live features: ${joined(
          mix.map((row) => saeItem(row, links)),
          ', ',
        )}.${' '}
        <a href="${familyLink(links, family)}">Search them</a>.${' '}
        <a href="${links.page('methods')}#families">How a family is decided</a>
      </p>
      ${exemplarSection(exemplars, env)}
    `,
  };
}

const familyItem = (family: Family, isOwn: boolean, links: PageEnv['links']): Html => html`
  <li><a href="${links.page(`families/${familySlug(family)}`)}"${isOwn && attr` aria-current=page`}>${family}</a></li>
`;

const saeItem = ({ sae, family, features }: FamilyMixRow, links: PageEnv['links']): Html =>
  html`<a href="${familyLink(links, family, sae)}">${count(features)} of ${saeWords(sae)}</a>`;

function exemplarSection(exemplars: readonly FamilyExemplar[], env: PageEnv): Html {
  if (exemplars.length === 0) return nothing;
  const isKnown = exemplars.some(({ row }) => row.family_confidence !== null);
  const order = isKnown
    ? 'Those of greatest confidence'
    : 'None has a confidence, as too few of their examples were looked at to tell. Those whose examples show the family most often, then of greatest score';
  return html`
    <section id=surest>
      <h2>${isKnown ? 'The surest' : 'The clearest'}</h2>
      <p class=note>${order}; each with its strongest examples.</p>
      <div class=cards>${exemplars.map((exemplar) => card(exemplar, env))}</div>
    </section>
  `;
}

function card({ row, top, check }: FamilyExemplar, env: PageEnv): Html {
  const name = env.nameOf(row.sae, row.feature);
  const promoted = row.positive_logits.slice(0, PROMOTED).map(({ token }) => html`<code>${tokenLabel(token)}</code>`);
  return html`
    <article class=card>
      <h3><a href="${env.links.feature(row.sae, row.feature)}">${row.sae}/${row.feature}</a></h3>
      <p class=facts>${nameShown(name)}</p>
      <p class=facts>
        ${row.family_confidence !== null && html`${confidenceShown(row.family_confidence, check, env.links)} · `}density ${percent(row.density, 2)}
      </p>
      ${!name?.isRule && html`<p class=facts>promotes ${joined(promoted, ' ')}</p>`}
      <ol class=x>${top.map((example) => longExample(example, row.max_activation, env))}</ol>
    </article>
  `;
}
