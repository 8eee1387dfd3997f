import type { FamilyExemplarRow, FamilyMixRow } from '../../../../../pipeline/store/family-mix.ts';
import { count, percent } from '../../../format.ts';
import type { PageEnv } from '../../../page-env.ts';
import { escapeText } from '../../escape.ts';
import { familyLink, familyMixFigure, familyPlace } from '../../family-mix.ts';
import { barsPath } from '../../histogram.ts';
import { gridTable } from './grid-table.ts';

const STEP = 8;
const HEIGHT = 18;

/** The families of the run's own features: by layer, how sure they are, and the surest of each. */
export function runSections(
  mix: readonly FamilyMixRow[],
  exemplars: readonly FamilyExemplarRow[],
  env: PageEnv,
): string {
  if (mix.length === 0) return '<p class=note>The run looked for no families.</p>';
  const all = sumOf(mix);
  const unclear = sumOf(mix.filter(({ family }) => family === 'unclear'));
  return (
    `<section aria-labelledby=here><h2 id=here>In ${escapeText(env.modelName)}</h2>` +
    `<p class=note>Of ${count(all)} live features ${percent(unclear / all, 2)} are of no family: “unclear”.</p>` +
    `${familyMixFigure(mix, env.links)}</section>` +
    '<section aria-labelledby=sure><h2 id=sure>How sure they are</h2><p class=note>Confidence is the low end of the 95% ' +
    'interval of the share of examples that show the family, so that it stays low where few were looked at: of local and ' +
    `high-level context, those whose contexts were cut short.</p>${confidenceTable(mix, env)}</section>` +
    '<section aria-labelledby=exemplars><h2 id=exemplars>The surest of each</h2>' +
    `<dl class=exemplars>${exemplarList(exemplars, env)}</dl></section>`
  );
}

const sumOf = (rows: readonly FamilyMixRow[]) => rows.reduce((sum, { features }) => sum + features, 0);

function confidenceTable(mix: readonly FamilyMixRow[], env: PageEnv): string {
  const byFamily = [...Map.groupBy(mix, ({ family }) => family)].filter(([family]) => family !== 'unclear');
  const rows = byFamily
    .sort(([a], [b]) => familyPlace(a) - familyPlace(b))
    .map(([family, own]) => {
      const features = sumOf(own);
      const mean = own.reduce((sum, row) => sum + row.features * row.mean_confidence, 0) / features;
      return [
        `<a href="${escapeText(familyLink(env.links, family))}">${escapeText(family)}</a>`,
        count(features),
        percent(mean, 2),
        confidenceBars(own),
      ];
    });
  return gridTable('Confidence by family', ['Family', 'Features', 'Mean confidence', 'From 0 to 100%'], rows);
}

/** Features by tenth of the confidence. */
function confidenceBars(rows: readonly FamilyMixRow[]): string {
  const tenths = Array.from({ length: 10 }, (_, i) => rows.reduce((sum, row) => sum + (row.confidence[i] ?? 0), 0));
  const most = Math.max(...tenths, 1);
  const path = barsPath(
    tenths.map((n) => n / most),
    STEP,
    HEIGHT,
  );
  return (
    `<svg class=tenths viewBox="0 0 ${10 * STEP} ${HEIGHT + 1}" role=img aria-label="By tenth of the confidence: ${tenths.join(', ')}">` +
    `<path class=base d="M0 ${HEIGHT + 0.5}h${10 * STEP}"/><path d="${path}"/></svg>`
  );
}

function exemplarList(exemplars: readonly FamilyExemplarRow[], { links }: PageEnv): string {
  const groups = [...Map.groupBy(exemplars, ({ family }) => family)];
  return groups
    .sort(([a], [b]) => familyPlace(a) - familyPlace(b))
    .map(([family, own]) => {
      const items = own.map(
        ({ layer, feature, confidence }) =>
          `<span><a href="${links.feature(layer, feature)}">${layer}/${feature}</a> ${percent(confidence, 2)}</span>`,
      );
      return `<dt><a href="${escapeText(familyLink(links, family))}">${escapeText(family)}</a></dt><dd>${items.join('')}</dd>`;
    })
    .join('');
}
