import type { ComparedFeatureRow, ComparedSaeRow } from '../../../pipeline/measures/comparison/table.ts';
import { matchCosines } from '../../../pipeline/measures/neighbours/sae-matches.ts';
import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { counted } from '../../page-kit/counted.ts';
import { type NameOf, nameShown } from '../../page-kit/feature-name.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { attr, type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { qualityColumns } from '../quality/quality-columns.ts';
import {
  activeTokens,
  DENSITY_FACTOR,
  densityChanges,
  familyChanges,
  LEAST_TOKENS,
  type MatchedSide,
  matchedSide,
  pairsOf,
  type TokensRead,
  unmatched,
} from './match-counts.ts';
import { measuredDiffer, unequal } from './measured-differ.ts';
import { compareWithOther, type OtherRun, otherFeature } from './other-run.ts';

/** Pairs and features of a list. */
const LISTED = 10;

export interface ComparedPair {
  readonly own: SaeRow;
  readonly theirs: ComparedSaeRow;
  readonly rows: readonly ComparedFeatureRow[];
}

export interface PairEnv {
  readonly links: Links;
  readonly other: OtherRun;
  readonly nameOf: NameOf;
  readonly tokens: TokensRead;
}

/** The features of this run that a pair's section names. */
export const named = ({ rows }: ComparedPair): ComparedFeatureRow[] => unmatched(rows, 'own').slice(0, LISTED);

/** An SAE of this run beside the other run's: quality, matched features, and those of one run alone. */
export function pairSection({ own, theirs, rows }: ComparedPair, env: PairEnv): Html {
  const { other, links } = env;
  const pairs = pairsOf(rows);
  const weights = theirs.same_weights
    ? 'Both runs read the same SAE: its features have the same numbers in both.'
    : `Two SAEs: features are matched by the cosine of their decoder rows, ${matchCosines.similar} and more counting as similar.`;
  return html`
    <section id="sae-${own.sae}">
      <h2>SAE ${own.sae}, and ${theirs.sae} of ${other.name}</h2>
      <p>${weights}</p>
      ${qualityTable(own, theirs, other)}
      ${theirs.same_weights ? aliveSentences(rows, other) : matchTable(rows, other)}
      ${familySentences(pairs)}
      <p><a href="${links.file(`runs/${own.sae}.csv`)}" download>All matched features (CSV)</a></p>
      <div class=side-by-side>
      ${pairList(
        `Active at least ${DENSITY_FACTOR} times as often in one of them, there on ${LEAST_TOKENS} tokens or more`,
        densityChanges(pairs, env.tokens),
        env,
        (pair) => densities(pair, env.tokens),
      )}
      ${!theirs.same_weights && alone(rows, env)}
      </div>
    </section>
  `;
}

/** What differs as it is printed; what does not is named. */
function qualityTable(own: SaeRow, theirs: SaeRow, other: OtherRun): Html {
  const measured = qualityColumns
    .slice(1)
    .map(({ name, meaning, show }) => ({ name, meaning, both: [show(own), show(theirs)] }));
  const isSame = ({ both: [a, b] }: (typeof measured)[number]) => a.value === b.value && a.interval === b.interval;
  const same = measured.filter(isSame).map(({ name, both: [a] }) => `${name} ${a.value}`);
  const rows = measured
    .filter((row) => !isSame(row))
    .map(({ name, meaning, both: [a, b] }) => {
      const cells = [a, b].map(({ value, interval }) => {
        return html`<td>${value}${interval !== undefined && html`<small class=interval>${interval}</small>`}`;
      });
      const differs = measuredDiffer(a, b);
      return html`
      <tr${differs && attr` class=differs`}><th scope=row><abbr title="${meaning}">${name}</abbr>${differs && unequal}${cells}
    `;
    });
  return html`
    ${
      rows.length > 0 &&
      html`
    <div class=scroll tabindex=0 role=region aria-label="Quality of SAE ${own.sae} in both runs">
      <table class="grid compared" aria-label="Quality of SAE ${own.sae} in both runs">
        <thead><tr><th scope=col>Measure<th scope=col>This run<th scope=col>${other.name}</thead>
        <tbody>${rows}</tbody>
      </table>
    </div>`
    }
    ${same.length > 0 && html`<p class=note>The same in both: ${same.join(', ')}.</p>`}
  `;
}

function aliveSentences(rows: readonly ComparedFeatureRow[], other: OtherRun): Html {
  const [mine, theirs] = [matchedSide(rows, 'own').alive, matchedSide(rows, 'other').alive];
  const both = rows.filter(({ nearest_of, is_mutual }) => nearest_of === 'own' && is_mutual).length;
  return html`
    <p>
      ${count(both)} features are alive in both runs, ${count(mine - both)} in this one alone,
      ${' '}${count(theirs - both)} in ${other.name} alone.
    </p>
  `;
}

function matchTable(rows: readonly ComparedFeatureRow[], other: OtherRun): Html {
  const row = (of: string, within: string, { alive, same, similar }: MatchedSide) => {
    const share = (some: number) => (alive === 0 ? count(some) : `${count(some)} (${percent(some / alive, 2)})`);
    return html`
      <tr><th scope=row>${of}, in ${within}<td>${count(alive)}<td>${share(same)}<td>${share(similar - same)}
      <td>${share(alive - similar)}
    `;
  };
  return html`
    <div class=scroll tabindex=0 role=region aria-label="Matched features">
      <table class=grid aria-label="Matched features">
        <thead>
          <tr><th scope=col>Nearest of the live features of<th scope=col>Alive
          <th scope=col>Much the same, ${matchCosines.same} and more<th scope=col>Similar, ${matchCosines.similar} and more
          <th scope=col>Without a similar one
        </thead>
        <tbody>
          ${row('this run', other.name, matchedSide(rows, 'own'))}
          ${row(other.name, 'this run', matchedSide(rows, 'other'))}
        </tbody>
      </table>
    </div>
  `;
}

function familySentences(pairs: readonly ComparedFeatureRow[]): Html {
  const known = pairs.filter(({ family, other_family }) => family !== null && other_family !== null);
  if (known.length === 0) return nothing;
  const changes = familyChanges(known);
  const changed = changes.reduce((sum, change) => sum + change.pairs, 0);
  const items = changes
    .slice(0, LISTED)
    .map(({ from, to, pairs: times }) => html`<li>${from} here, ${to} there <b>${count(times)}</b>`);
  return html`
    <p>
      Of ${count(known.length)} pairs that are each other’s nearest, ${count(known.length - changed)} (${percent((known.length - changed) / known.length, 2)}) are of the same family in both runs.${changed > 0 && ' The others:'}
    </p>
    ${changed > 0 && html`<ul class=near>${items}</ul>`}
  `;
}

function densities(pair: ComparedFeatureRow, tokens: TokensRead): Html {
  const { own, other } = activeTokens(pair, tokens);
  return html`
    active on ${counted(own, 'token')} here (${percent(pair.density, 2)}), ${count(other)} there (${percent(pair.other_density, 2)})
  `;
}

function pairList(
  title: string,
  pairs: readonly ComparedFeatureRow[],
  env: PairEnv,
  said: (pair: ComparedFeatureRow) => Html,
): Html {
  if (pairs.length === 0) return nothing;
  const items = pairs.slice(0, LISTED).map((pair) => {
    const { sae, feature, other_sae, other_feature, cosine } = pair;
    return html`
      <li>
        ${ownFeature(pair, env)} <span>${otherFeature(env.other, other_sae, other_feature)}</span>
        <b>${significant(cosine, 2)}</b> <small>${said(pair)}</small>
        ${compareWithOther(env.links, env.other, `f/${sae}/${feature}`, `f/${other_sae}/${other_feature}`)}
    `;
  });
  return html`<section><h3>${title}: ${counted(pairs.length, 'pair')}</h3><ol class=near>${items}</ol></section>`;
}

const ownFeature = ({ sae, feature }: ComparedFeatureRow, { links }: PairEnv): Html =>
  html`<a href="${links.feature(sae, feature)}">${feature}</a>`;

/** The densest features of either run that the other has nothing like. */
function alone(rows: readonly ComparedFeatureRow[], env: PairEnv): Html {
  const own = unmatched(rows, 'own');
  const theirs = unmatched(rows, 'other');
  const item = (row: ComparedFeatureRow, link: Html, density: number, name: Html | false) => html`
    <li>${link} <b>${significant(row.cosine, 2)}</b> <small>active on ${percent(density, 2)} of tokens${name && html`: ${name}`}</small>
  `;
  const list = (title: string, items: readonly Html[], all: number) =>
    all > 0 && html`<section><h3>${title}: ${count(all)}</h3><ol class=near>${items}</ol></section>`;
  return html`
    ${list(
      `Here, with nothing similar in ${env.other.name}`,
      own
        .slice(0, LISTED)
        .map((row) => item(row, ownFeature(row, env), row.density, nameShown(env.nameOf(row.sae, row.feature)))),
      own.length,
    )}
    ${list(
      `In ${env.other.name}, with nothing similar here`,
      theirs.slice(0, LISTED).map((row) => {
        const { other_label: label, other_summary: summary } = row;
        const name = { text: label ?? summary, isRule: label === null, isAtChance: false };
        return item(
          row,
          html`<span>${otherFeature(env.other, row.other_sae, row.other_feature)}</span>`,
          row.other_density,
          nameShown(name.text === '' ? undefined : name),
        );
      }),
      theirs.length,
    )}
  `;
}
