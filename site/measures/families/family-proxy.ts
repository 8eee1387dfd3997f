import type { FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { counted } from '../../page-kit/counted.ts';
import { laterTable } from '../../page-kit/figure-table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { sampleText } from '../../page-kit/sample-text.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';

const LEVELS = 10;
const STEP = 25;
const HEIGHT = 48;
/** Of families that do not copy, the proxy is shown from this specificity over the strong activations on. */
const MEANINGFUL = 0.5;

interface Level {
  readonly held: number;
  readonly active: number;
}

/**
 * How "B is next by induction" and the feature agree: its specificity and sensitivity, and the share of active tokens
 * where it holds, by level of activation. Nothing where the proxy says nothing of the feature.
 */
export function proxyFigure({ family, induction_proxy, max_activation }: FeatureRow, env: PageEnv): Html {
  if (induction_proxy === null) return nothing;
  const levels = levelsOf(induction_proxy.held, induction_proxy.missed);
  const all = total(levels);
  const top = total(levels.slice(LEVELS / 2));
  const tells = family === 'induction' || family === 'copying' || shareOf(top) >= MEANINGFUL;
  if (!tells || all.held === 0) return nothing;
  const token = tokenLabel(env.token(induction_proxy.token_id));
  const next = all.held + induction_proxy.silent;
  return html`
    <figure class="hist proxy">
      <figcaption>Induction proxy by activation: <span>holds</span> <span>does not</span></figcaption>
      <svg viewBox="0 0 ${LEVELS * STEP} ${HEIGHT}" role=img
        aria-label="Holds on, from the lowest tenth of activations up: ${levels.map((level) => (level.active > 0 ? percent(shareOf(level), 2) : 'none')).join(', ')}"
        data-max=${max_activation} data-c="${levels.map(({ active }) => active).join(' ')}"
        data-h="${levels.map(({ held }) => held).join(' ')}">
        <path class=missed d="${bars(levels, () => 1)}"/><path d="${bars(levels, shareOf)}"/>
      </svg>
      <p class=axis>
        <span>0</span><span>${significant(max_activation / 2)}</span><span>${significant(max_activation)}</span>
      </p>
      <p class=note>
        Of ${counted(all.active, 'token')} where this feature is active, ${percent(shareOf(all), 2)} could be predicted by
        induction to be followed by <code>${token}</code> (specificity
        ${top.active > 0 ? `; ${percent(shareOf(top), 2)} for activations above half of the maximum` : ''}). It is
        active on ${percent(next > 0 ? all.held / next : 0, 2)} of all ${count(next)} such tokens (sensitivity). Counted
        on ${sampleText(env.proxySample, env.run)}.
      </p>
      ${laterTable('induction-proxy')}
    </figure>
  `;
}

/** The proxy's histogram in ten levels, lowest first. */
function levelsOf(held: ArrayLike<number>, missed: ArrayLike<number>): Level[] {
  const levels = Array.from({ length: LEVELS }, () => ({ held: 0, active: 0 }));
  for (let bin = 0; bin < held.length; bin++) {
    const level = levels[Math.floor((bin * LEVELS) / held.length)];
    if (!level) continue;
    level.held += held[bin];
    level.active += held[bin] + missed[bin];
  }
  return levels;
}

const total = (levels: readonly Level[]): Level =>
  levels.reduce((sum, { held, active }) => ({ held: sum.held + held, active: sum.active + active }), {
    held: 0,
    active: 0,
  });

const shareOf = ({ held, active }: Level): number => (active > 0 ? held / active : 0);

/** Upright strokes from the ground, one a level, none where nothing was active. */
function bars(levels: readonly Level[], heightOf: (level: Level) => number): string {
  return levels
    .map((level, i) => {
      const height = Math.round(HEIGHT * heightOf(level));
      return level.active > 0 && height > 0 ? `M${i * STEP + STEP / 2} ${HEIGHT}v-${height}` : '';
    })
    .join('');
}
