import type { FamilyExemplarRow, FamilyMixRow } from '../../../../pipeline/measures/families/family-mix.ts';
import { titleOf } from '../../../page-kit/feature-name.ts';
import { count, percent } from '../../../page-kit/format.ts';
import { type Html, html, joined } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { familyLink, familyMixFigure } from '../../families/family-mix.ts';
import { familyPlace } from '../../families/family-place.ts';
import { gridTable } from './grid-table.ts';

/** The families of the run's own features: by layer, how sure they are, and the surest of each. */
export function runSections(mix: readonly FamilyMixRow[], exemplars: readonly FamilyExemplarRow[], env: PageEnv): Html {
  if (mix.length === 0) return html`<p class=note>The run looked for no families.</p>`;
  const all = sumOf(mix);
  const unclear = sumOf(mix.filter(({ family }) => family === 'unclear'));
  return html`
    <section aria-labelledby=here>
      <h2 id=here>In ${env.modelName}</h2>
      <p class=note>Of ${count(all)} live features ${percent(unclear / all, 2)} are of no family: “unclear”.</p>
      ${familyMixFigure(mix, env.links)}
    </section>
    <section aria-labelledby=sure>
      <h2 id=sure>How sure they are</h2>
      <p class=note>
        Confidence is calibrated on made features with known answers, by family and score; its mean over features of a
        family is the share of them expected to be right, were they like those made.
        Overall ${percent(expectedRight(mix), 3)} of the features that were given a family are. “Seen in” is the mean
        share of a feature’s distinct top examples that show its family: of local and high-level context, of those whose
        contexts were cut short. “On random tokens” is the mean share of up to 20 active tokens (of context, 8), drawn
        at random over the run, that show it: families are read off top examples, and need not hold below them.
      </p>
      ${confidenceTable(mix, env)}
    </section>
    <section aria-labelledby=exemplars>
      <h2 id=exemplars>The surest of each</h2>
      <p class=note>
        Those of greatest <a href="${env.links.page('methods')}#confidence">confidence</a>, which stands behind each: the
        share that is right of made features on such evidence; “–” where too few of its examples were looked at to tell.
        “3 of 20” after it: of 20 active tokens of the feature drawn at random, 3 show its family.
      </p>
      <dl class=exemplars>${exemplarList(exemplars, env)}</dl>
    </section>
  `;
}

const sumOf = (rows: readonly FamilyMixRow[]) => rows.reduce((sum, { features }) => sum + features, 0);

function confidenceTable(mix: readonly FamilyMixRow[], env: PageEnv): Html {
  const byFamily = [...Map.groupBy(mix, ({ family }) => family)].filter(([family]) => family !== 'unclear');
  const rows = byFamily
    .sort(([a], [b]) => familyPlace(a) - familyPlace(b))
    .map(([family, own]) => {
      const features = sumOf(own);
      return [
        html`<a href="${familyLink(env.links, family)}">${family}</a>`,
        count(features),
        percent(
          meanOf(own, ({ mean_confidence }) => mean_confidence),
          3,
        ),
        percent(
          meanOf(own, ({ mean_support }) => mean_support),
          2,
        ),
        percent(
          meanOf(own, ({ mean_share_random }) => mean_share_random),
          2,
        ),
      ];
    });
  return gridTable(
    'Confidence by family',
    ['Family', 'Features', 'Mean confidence', 'Seen in', 'On random tokens'],
    rows,
  );
}

/** Mean over features, of the layers where it is known; not a number where it is of none. */
function meanOf(rows: readonly FamilyMixRow[], of: (row: FamilyMixRow) => number | null): number {
  const known = rows.flatMap((row) => {
    const value = of(row);
    return value === null ? [] : [{ features: row.features, value }];
  });
  const features = known.reduce((sum, row) => sum + row.features, 0);
  return known.reduce((sum, row) => sum + row.features * row.value, 0) / features;
}

const expectedRight = (mix: readonly FamilyMixRow[]) => meanOf(mix, ({ mean_confidence }) => mean_confidence);

function exemplarList(exemplars: readonly FamilyExemplarRow[], { links, nameOf }: PageEnv): Html {
  const groups = [...Map.groupBy(exemplars, ({ family }) => family)];
  const items = groups
    .toSorted(([a], [b]) => familyPlace(a) - familyPlace(b))
    .map(([family, own]) => {
      const isKnown = own.some(({ confidence }) => confidence !== null);
      const features = own.map(({ sae, feature, confidence, score, checked, shown }) => {
        const link = html`<a href="${links.feature(sae, feature)}"${titleOf(nameOf(sae, feature))}>${sae}/${feature}</a>`;
        const check = checked !== null && shown !== null && html`, ${count(shown)} of ${count(checked)}`;
        return html`<span>${link} ${percent((isKnown ? confidence : score) ?? Number.NaN, 2)}${check}</span>`;
      });
      const lead = !isKnown && html`<span>none has a confidence, as too few examples were looked at; by score:</span>`;
      return html`<dt><a href="${familyLink(links, family)}">${family}</a></dt><dd>${lead} ${joined(features, ' ')}</dd>`;
    });
  return html`${items}`;
}
