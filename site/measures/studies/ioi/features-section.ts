import type { IoiFeatureRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { greatest } from '../../../../pipeline/numbers/extremes.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { count, significant } from '../../../page-kit/format.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { type IoiData, isSure } from './data.ts';
import { estimateCell, logits, wholePercent } from './estimate.ts';
import { featureLabel, featureName } from './place-links.ts';
import { readsTable } from './reads-table.ts';

/** Rows of a layer's table, and dots of its plot. */
const LISTED = 8;
const DOTTED = 150;

const SIZE = 190;
const EDGE = 12;

/** What ablating each feature at the second subject does, layer by layer. */
export function featuresSection(data: IoiData, env: PageEnv): Html {
  const layers = [...Map.groupBy(data.features, ({ layer }) => layer)];
  if (layers.length === 0) return nothing;
  const most = greatest(
    data.features.flatMap(({ effect_abba, effect_baba }) => [effect_abba.mean, effect_baba.mean].map(Math.abs)),
  );
  return html`
    <section aria-labelledby=features>
      <h2 id=features>Features at the second subject</h2>
      <div class=told>
        <p>
          Each feature active at the giver’s second mention is taken away there, alone, and the SAE’s error is kept: z′
          = z − f<sub>j</sub>·wDec[j]. A feature that tells the two orders apart lies off the
          diagonal. ${count(data.features.length)} features were active in some prompt; of ${count(sureOf(data))} the
          effect’s 95% interval leaves out
          0. ${isMoreThanChance(data) ? 'By chance alone' : 'That is no sign of an effect: by chance alone'} it would be
          about ${count(byChance(data))}.
        </p>
      </div>
      <div class=layer-panels>${layers.map(([layer, rows]) => panel(layer, rows, most))}</div>
      ${layers.map(([layer, rows]) => table(layer, rows, data, env))}${readsTable(data, env)}
    </section>
  `;
}

const sureOf = ({ features }: IoiData) => features.filter(({ effect }) => isSure(effect)).length;
const byChance = ({ features }: IoiData) => Math.round(features.length / 20);

/** Whether more features have an effect for sure than one in twenty, which chance gives. */
export const isMoreThanChance = (data: IoiData): boolean => sureOf(data) > 2 * byChance(data);

/** Effect in ABBA across, in BABA up; all layers on one scale. */
function panel(layer: number, rows: readonly IoiFeatureRow[], most: number): Html {
  const at = (value: number) => Math.round((SIZE / 2 + (value / most) * (SIZE / 2 - EDGE)) * 10) / 10;
  const dot = ({ effect_abba, effect_baba }: IoiFeatureRow) => `M${at(effect_abba.mean)} ${at(-effect_baba.mean)}h0`;
  const shown = rows.slice(0, DOTTED);
  const dots = (['none', 'leading', 'position'] as const).map((role) => {
    const own = shown.filter((row) => (row.role ?? 'none') === role);
    return own.length === 0 ? '' : html`<path class="dots ${role}" d="${own.map(dot)}"/>`;
  });
  const [first] = rows;
  const strongest = first ? `, the largest ${logits(first.effect.mean)} (feature ${first.feature})` : '';
  return html`
    <figure>
      <figcaption>Layer ${layer}</figcaption>
      <svg class=scatter viewBox="0 0 ${SIZE} ${SIZE}" role=img
        aria-label="Effects of ${rows.length} features of layer ${layer} in ABBA and BABA${strongest}">
        <path class=zero d="M${SIZE / 2} 0V${SIZE}M0 ${SIZE / 2}H${SIZE}"/>
        <path class=same d="M${EDGE} ${SIZE - EDGE}L${SIZE - EDGE} ${EDGE}"/>
        <text x="${SIZE - 3}" y="${SIZE / 2 - 4}" class=end>ABBA ${logits(most)}</text>
        <text x="${SIZE / 2 + 4}" y="10">BABA</text>${dots}
      </svg>
      ${figureTable({ name: `Effects of features of layer ${layer}`, file: `ioi-features-${layer}`, columns: dotColumns, rows: shown })}
    </figure>
  `;
}

const effectColumn = (name: string, key: 'effect' | 'effect_abba' | 'effect_baba'): FigureColumn<IoiFeatureRow> => ({
  ...{ name, key, value: (row) => row[key].mean, show: (row) => logits(row[key].mean) },
});

const dotColumns: readonly FigureColumn<IoiFeatureRow>[] = [
  { name: 'Feature', key: 'feature', value: ({ layer, feature }) => `${layer}/${feature}` },
  effectColumn('ABBA', 'effect_abba'),
  effectColumn('BABA', 'effect_baba'),
  effectColumn('Both', 'effect'),
  { name: 'Role', key: 'role', value: ({ role }) => role },
];

function table(layer: number, rows: readonly IoiFeatureRow[], data: IoiData, env: PageEnv): Html {
  const listed = rows.filter((row, i) => i < LISTED || row.role !== null);
  const body = listed.map(
    (row) =>
      html`
        <tr>
          <th scope=row>
            ${featureName(layer, row.feature, env)}${row.role === null ? '' : html` <small>${row.role}</small>`}
          </th>
          <td class=words>${featureLabel(layer, row.feature, data, env)}</td>
          <td>${estimateCell(row.effect)}</td>
          <td>${logits(row.effect_abba.mean)}</td>
          <td>${logits(row.effect_baba.mean)}</td>
          <td>${significant(row.activation_abba, 2)}</td>
          <td>${significant(row.activation_baba, 2)}</td>
          <td>${row.active_abba} + ${row.active_baba}</td>
          <td>${wholePercent(row.selectivity)}</td>
        </tr>
      `,
  );
  return html`
    <details class=more>
      <summary>Layer ${layer}: the ${listed.length} of most effect among ${count(rows.length)}</summary>
      <div class=scroll>
        <table class="grid" aria-label="Features of layer ${layer} of most effect">
          <thead>
            <tr>
              <th scope=col rowspan=2>Feature</th>
              <th scope=col rowspan=2 class=words>What it is</th>
              <th scope=col rowspan=2>Change of the lead when ablated</th>
              <th scope=colgroup colspan=2>of it, in</th>
              <th scope=colgroup colspan=2>Mean activation</th>
              <th scope=col rowspan=2>Active in prompts</th>
              <th scope=col rowspan=2>
                <abbr title="(BABA − ABBA)/(BABA + ABBA) of its mean activations">Tells the orders apart</abbr>
              </th>
            </tr>
            <tr><th scope=col>ABBA</th><th scope=col>BABA</th><th scope=col>ABBA</th><th scope=col>BABA</th></tr>
          </thead>
          <tbody>${body}</tbody>
        </table>
      </div>
    </details>
  `;
}
