import type { HeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import type { HeadRow, HeadVerdictRow } from '../../pipeline/measures/heads/table.ts';
import type { InductionHeadRow } from '../../pipeline/measures/studies/induction/table.ts';
import type { IoiHeadRow } from '../../pipeline/measures/studies/ioi/table.ts';
import { circuitsSection } from '../measures/circuits/head-circuits.ts';
import { attentionSection } from '../measures/heads/head-attention.ts';
import { attributionSection } from '../measures/heads/head-attribution.ts';
import { headFamilies } from '../measures/heads/head-families.ts';
import type { HeadFeature } from '../measures/heads/head-feature.ts';
import { polysemanticitySection, rolesSection } from '../measures/heads/head-roles.ts';
import { headSentence } from '../measures/heads/head-sentence.ts';
import { type HeadSequence, sequencesSection } from '../measures/sequences/sequences.ts';
import { longExample } from '../measures/statistics/example.ts';
import { headInductionSection } from '../measures/studies/induction/head-section.ts';
import { headIoiSection } from '../measures/studies/ioi/head-section.ts';
import { type NameOf, nameShown } from '../page-kit/feature-name.ts';
import { percent, significant } from '../page-kit/format.ts';
import { type Html, html, isNothing, joined, nothing } from '../page-kit/html.ts';
import { barClass } from '../page-kit/levels.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import type { RenderedPage } from '../page-kit/rendered-page.ts';
import { saeQuery } from '../page-kit/sae-query.ts';
import { tokenLabel } from '../page-kit/token-text.ts';
import { headImageFile } from '../preview-image/names.ts';
import { headLines } from './head-lines.ts';
import { jsonLine } from './json-line.ts';

export interface HeadPage {
  readonly layer: number;
  /** The SAE whose features show it. */
  readonly sae: string;
  readonly head: number;
  /** Alive features by head weight on this head, at most 50. */
  readonly features: readonly HeadFeature[];
  /** Its row of the heads table. */
  readonly row?: HeadRow;
  /** Its verdict by every choice; none of a run that tried none. */
  readonly verdicts?: readonly HeadVerdictRow[];
  /** What the study of long and short prefixes says of it, where it was run. */
  readonly induction?: InductionHeadRow | undefined;
  /** What the study of indirect objects says of it, where it was run. */
  readonly ioi?: IoiHeadRow | undefined;
  /** Its row of the circuits; none where the run left them out. */
  readonly circuits?: HeadCircuitsRow | undefined;
  /** Where it writes most, best first; none where the run kept none. */
  readonly sequences?: readonly HeadSequence[] | undefined;
  /** What the features that it names are called. */
  readonly nameOf?: NameOf | undefined;
}

const LEADING = 10;
const LEADING_EXAMPLES = 3;

/** Everything of a head's page that depends on the head. */
export function headPage(page: HeadPage, env: PageEnv): RenderedPage {
  const name = `${page.layer}.${page.head}`;
  const summary = (page.row && headSentence(page.row, page.circuits, page.verdicts)) || headSummary(page);
  const bySae = page.sae === String(page.layer) ? '' : ` by SAE ${page.sae}`;
  const words = { title: `Head ${name}${bySae} · ${env.modelName}`, description: summary };
  const path = `h/${page.sae}/${page.head}`;
  return {
    head: html`${headLines(words, env.links, path, headImageFile(page.sae, page.head))}${jsonLine(path, env)}`,
    body: html`
        ${headNavigation(page, env)}
        <header class=title><h1>Head <b>${name}</b>${bySae}</h1><p id=summary>${summary}</p></header>
        ${page.row && evidence(page, page.row, env)}
        ${sequencesSection(page.sequences ?? [], page.layer, env)}
        ${page.induction && headInductionSection(page.induction, env.links)}
        ${page.ioi && headIoiSection(page.ioi, env.links)}${circuitsSection(page.circuits, env)}
        ${featureSections(page, env)}
      `,
  };
}

function evidence({ features, verdicts = [], nameOf }: HeadPage, row: HeadRow, env: PageEnv): Html {
  const { links } = env;
  const sections = [
    polysemanticitySection(row, verdicts, env),
    rolesSection(row, links, nameOf),
    attentionSection(row, links),
    attributionSection(row, features, links),
  ];
  return sections.every(isNothing) ? nothing : html`<div class=traits>${sections}</div>`;
}

function headSummary({ layer, head, features }: HeadPage): string {
  if (features.length === 0) return `No alive feature of layer ${layer} writes through head ${layer}.${head}.`;
  const leading = features.slice(0, LEADING);
  const mean = leading.reduce((sum, { weight }) => sum + weight, 0) / leading.length;
  return `The ${leading.length} alive features that write most through head ${layer}.${head} have ${percent(mean, 2)} of their decoder norm on it, on average.`;
}

function headNavigation({ layer, sae, head }: HeadPage, env: PageEnv): Html {
  const { links } = env;
  const previous = head > 0 ? html`<a rel=prev href="${links.head(sae, head - 1)}">← ${layer}.${head - 1}</a>` : '';
  const next =
    head < env.nHeads - 1 ? html`<a rel=next href="${links.head(sae, head + 1)}">${layer}.${head + 1} →</a>` : '';
  const others = [...env.dSae.keys()]
    .filter((other) => other !== sae && env.layerOf(other) === layer)
    .map((other) => html`<a href="${links.head(other, head)}">by ${other}</a>`);
  return html`
    <nav class=crumbs aria-label="Place">
      <a href="${links.page('heads')}">Heads</a><a href="${links.page('heads')}#layer-${sae}">Layer ${layer}</a>${others}
      <span class=gap></span>
      <a class=compare href="${links.page('compare')}?a=h/${sae}/${head}">Compare with…</a>${previous}${next}
    </nav>
  `;
}

function featureSections({ sae, head, features }: HeadPage, env: PageEnv): Html {
  const search = `${env.links.page('features')}?${saeQuery(sae)}&head=${head}`;
  const cards = features.slice(0, LEADING).map((feature) => card(feature, LEADING_EXAMPLES, env));
  const others = features.slice(LEADING).map((feature) => card(feature, 1, env));
  const more =
    others.length === 0
      ? ''
      : html`
        <details class=more>
          <summary>Features ${LEADING + 1} to ${features.length}</summary>
          <div class=cards>${others}</div>
        </details>
      `;
  return html`
    <section aria-labelledby=leading>
      <h2 id=leading>Leading features</h2>
      <p class=note>
        By head weight; dead features are left out. <a href="${search}">Search all features of this head</a>
      </p>
      ${headFamilies(
        { sae, head },
        features.map(({ row }) => row),
        env.links,
      )}
      <div class=cards>${cards}</div>
      ${more}
    </section>
  `;
}

function card({ row, name: says, weight, attribution, top }: HeadFeature, examples: number, env: PageEnv): Html {
  const name = `${row.sae}/${row.feature}`;
  const promoted = row.positive_logits.slice(0, 5).map(({ token }) => html`<code>${tokenLabel(token)}</code>`);
  const strips = top.slice(0, examples).map((example) => longExample(example, row.max_activation, env));
  return html`
    <article class=card id=f${row.feature}>
      <h3><a href="${env.links.feature(row.sae, row.feature)}">${name}</a></h3>
      ${says && html`<p class=facts>${nameShown(says)}</p>`}
      <p class=weight>
        <span class=t><i class=${barClass(weight)}></i></span><b>${percent(weight, 2)}</b> of its decoder
        norm, <b>${percent(attribution, 2)}</b> of its positive attribution
      </p>
      <p class=facts>
        ${row.family === null ? '' : `${row.family} · `}density ${percent(row.density, 2)} ·
        max ${significant(row.max_activation)}
      </p>
      <p class=facts>promotes ${joined(promoted, ' ')}</p>
      <ol class=x>${strips}</ol>
    </article>
  `;
}
