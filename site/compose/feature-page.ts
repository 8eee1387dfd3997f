import type { FamilyCheckRow } from '../../pipeline/measures/families/table.ts';
import type { LabelRow } from '../../pipeline/measures/labels/table.ts';
import type { NeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import type { WiringRow } from '../../pipeline/measures/wiring/table.ts';
import { familySection } from '../measures/families/family.ts';
import { answer, answerText } from '../measures/labels/answer.ts';
import { logitLists } from '../measures/logits/logits.ts';
import { neighboursSection } from '../measures/neighbours/neighbours.ts';
import { topExamples } from '../measures/statistics/example.ts';
import { headBars, leadingHead } from '../measures/statistics/head-bars.ts';
import { histogramFigure } from '../measures/statistics/histogram.ts';
import { intervalList } from '../measures/statistics/intervals.ts';
import { statistics } from '../measures/statistics/stats.ts';
import { upstreamSection } from '../measures/upstream/upstream.ts';
import { wiringSection } from '../measures/wiring/wiring.ts';
import { counted } from '../page-kit/counted.ts';
import { percent, significant } from '../page-kit/format.ts';
import { type Html, html } from '../page-kit/html.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import type { RenderedPage } from '../page-kit/rendered-page.ts';
import { visibleText } from '../page-kit/token-text.ts';
import { featureNavigation } from './feature-navigation.ts';
import { headLines, type PageWords } from './head-lines.ts';
import { jsonLine } from './json-line.ts';

const TITLE_MOST = 70;

export interface FeaturePage {
  readonly row: FeatureRow;
  /** Its rows of the examples table, in the table's order. */
  readonly examples: readonly ExampleRow[];
  /** What it reads, by rank; none where the run did not look. */
  readonly upstream?: readonly UpstreamRow[] | undefined;
  /** What it is wired to by weights alone, strongest first; none where the run did not look. */
  readonly wiring?: readonly WiringRow[] | undefined;
  /** The features that it is nearest to, by kind and rank; none where the run did not look. */
  readonly neighbours?: readonly NeighbourRow[] | undefined;
  /** Examples shown at most, of the top and of each interval; what is said of them is said of all. All where it is not given. */
  readonly most?: { readonly top: number; readonly perInterval: number } | undefined;
  /** How its family holds on random active tokens; none where the run did not look, or no such token was drawn. */
  readonly check?: FamilyCheckRow | undefined;
  /** What people and models say of it, the best supported first; none of a feature without labels. */
  readonly labels?: readonly LabelRow[] | undefined;
}

/** Everything of a feature's page that depends on the feature: the head's lines and the body. */
export function featurePage(page: FeaturePage, env: PageEnv): RenderedPage {
  const name = `f/${page.row.sae}/${page.row.feature}`;
  return {
    head: html`${headLines(featureWords(page, env), env.links, name)}${jsonLine(name, env)}`,
    body: featureBody(page, env),
  };
}

/** The page's title and description. */
export function featureWords({ row, examples, labels = [] }: FeaturePage, env: PageEnv): PageWords {
  const top = examples.filter(({ interval }) => interval === 0);
  const [label] = labels;
  const title = [`Feature ${row.sae}/${row.feature}`, ...titleWords(label), env.modelName].join(' · ');
  return { title, description: `${capitalised(answerText({ row, top, label }, env))}. ${numbersOf(row, env)}` };
}

/** What the page's <main> has. */
export function featureBody(page: FeaturePage, env: PageEnv): Html {
  const { row, examples, check, labels = [] } = page;
  const top = examples.filter(({ interval }) => interval === 0);
  return html`
    ${row.count > 0 && html`<a class=skip href=#top>Skip to the top examples</a>`}${featureNavigation(row, env)}
    <header class="title feature">
      <h1>Feature <b>${row.sae}/${row.feature}</b></h1>
      ${answer({ row, top, labels, check }, env)}
      <p id=summary class=note>${numbersOf(row, env)}</p>
    </header>
    ${row.count === 0 ? deadBody(row, env) : liveBody(page, env)}
  `;
}

const numbersOf = (row: FeatureRow, env: PageEnv): string => (row.count === 0 ? deadSummary(env) : liveSummary(row));

/** A long label is cut: a title is read in a tab. */
function titleWords(label: LabelRow | undefined): string[] {
  if (!label) return [];
  const text = visibleText(label.label);
  return [text.length <= TITLE_MOST ? text : `${text.slice(0, TITLE_MOST - 1).trimEnd()}…`];
}

function liveSummary(row: FeatureRow): string {
  const { head, weight } = leadingHead(row.head_weights);
  return (
    `Active on ${counted(row.count, 'token')} (${percent(row.density)}), at most ${significant(row.max_activation)}. ` +
    `Head ${row.layer}.${head} has the largest share of its decoder norm, ${percent(weight, 2)} ` +
    `(even split: ${percent(1 / row.head_weights.length)}).`
  );
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function deadSummary(env: PageEnv): string {
  return `Dead: it was active on no token of the corpus that ${env.modelName} read.`;
}

/** Ranks count from 0 within the top examples and within each interval. */
function shownExamples({ examples, most }: FeaturePage): readonly ExampleRow[] {
  if (!most) return examples;
  return examples.filter(({ interval, rank }) => rank < (interval === 0 ? most.top : most.perInterval));
}

function liveBody(page: FeaturePage, env: PageEnv): Html {
  const { row, upstream, wiring, neighbours, check, most } = page;
  const examples = shownExamples(page);
  const top = examples.filter(({ interval }) => interval === 0);
  return html`
    <div class=cols>
      <div class=wide>
        <section aria-labelledby=top>
          <h2 id=top>Top examples</h2>
          <div class=shade role=group aria-label="Shade tokens by" hidden>
            <button aria-pressed=true>Activation</button><button aria-pressed=false>Attribution</button>
            <button class=lines-switch aria-pressed=false>Line breaks</button>
          </div>
          <ol class="x top" data-layer=${row.layer}>
            ${topExamples(top, row.max_activation, env)}
          </ol>
        </section>
        <section aria-labelledby=intervals>
          <h2 id=intervals>Intervals</h2>
          <p class=note>
            Ten equal intervals of (0, ${significant(row.max_activation)}]: share of active tokens, count, and
            up to ${most ? most.perInterval : 'five'} tokens drawn at random.
          </p>
          ${intervalList(row, examples, env)}
        </section>
        ${upstreamSection(upstream, env)}${wiringSection(wiring, env)}
      </div>
      <div class=side>
        ${logitSection(row)}${familySection(row, env, check)}
        ${statistics(row, env.links)}${histogramFigure(row.histogram)}${headWeightSection(row, env)}
        ${neighboursSection(neighbours, env)}${mapLink(row, env)}
      </div>
    </div>
  `;
}

const mapLink = ({ sae, feature }: FeatureRow, { hasMap, links }: PageEnv): Html | false =>
  hasMap && html`<p><a href="${links.page('map')}?f=${sae}/${feature}">Its place on the map</a></p>`;

function deadBody(row: FeatureRow, env: PageEnv): Html {
  return html`
    <p class=note>
      No activation means no statistics, examples or intervals. What its decoder would write is still defined by the
      weights alone, and is shown here.
    </p>
    <div class=cols><div class=side>${logitSection(row)}${headWeightSection(row, env)}</div></div>
  `;
}

const logitSection = (row: FeatureRow): Html => html`
  <section><h2>Logit effect</h2>${logitLists(row.positive_logits, row.negative_logits)}</section>
`;

const headWeightSection = (row: FeatureRow, env: PageEnv): Html => html`
  <section><h2>Head weights</h2>${headBars(row, row.head_weights, env.links)}</section>
`;
