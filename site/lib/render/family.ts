import { cutLengths } from '../../../pipeline/core/context-curve.ts';
import type { FeatureRow } from '../../../pipeline/store/schema.ts';
import { count, percent } from '../format.ts';
import type { Links } from '../links.ts';
import { escapeText } from './escape.ts';

const WIDTH = 250;
const HEIGHT = 48;
/** Scores from this on are listed. */
const SHOWN = 0.05;
const notFamilies = new Set(['confidence', 'proxy specificity, upper half']);

/** A feature's family with the evidence for it; nothing where none was looked for. */
export function familySection(row: FeatureRow, links: Links): string {
  if (row.family === null || row.family_scores === null) return '';
  const confidence = row.family_scores.get('confidence') ?? 0;
  const sure = confidence > 0 ? `, confidence ${percent(confidence, 2)}` : '';
  return (
    `<section id=family><h2><a href="${links.page('methods')}#families">Family</a></h2>` +
    `<p><a href="${links.page('features')}?family=${encodeURIComponent(row.family)}"><b>${escapeText(row.family)}</b></a>${sure}</p>` +
    `${scoreList(row.family_scores)}${proxyLine(row)}${curveFigure(row.context_curve)}</section>`
  );
}

function scoreList(scores: ReadonlyMap<string, number>): string {
  const shown = [...scores].filter(([name, score]) => score >= SHOWN && !notFamilies.has(name));
  const items = shown
    .sort(([, a], [, b]) => b - a)
    .map(([name, score]) => `<div><dt>${escapeText(name)}</dt><dd>${percent(score, 2)}</dd></div>`);
  return `<dl class=stats>${items.join('')}</dl>`;
}

/** How often the induction proxy held, for features of that family alone. */
function proxyLine({ family, induction_proxy }: FeatureRow): string {
  if (family !== 'induction' || induction_proxy === null) return '';
  const { held, missed, silent } = induction_proxy;
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
  return (
    `<p class=note>Its token was next by induction on ${count(sum(held))} of ${count(sum(held) + sum(missed))} active tokens, ` +
    `and on ${count(silent)} where it is silent.</p>`
  );
}

/** Share of the activation that is left with the context cut to its last 1 … 64 tokens. */
export function curveFigure(curve: ArrayLike<number> | null): string {
  if (curve === null || curve.length === 0) return '';
  const shares = Array.from(curve);
  const step = WIDTH / (cutLengths.length - 1);
  const points = shares.map((share, i) => `${Math.round(i * step)} ${Math.round(HEIGHT * (1 - Math.min(1, share)))}`);
  const text = shares.map((share, i) => `${cutLengths[i]}: ${percent(share, 2)}`).join(', ');
  const labels = cutLengths.map((tokens) => `<span>${tokens}</span>`).join('');
  return (
    '<figure class=curve><figcaption>Activation with the last 1 to 64 tokens alone</figcaption>' +
    `<svg viewBox="-3 -3 ${WIDTH + 6} ${HEIGHT + 6}" role=img aria-label="By tokens left: ${text}">` +
    `<path class=base d="M0 ${HEIGHT}h${WIDTH}M0 0h${WIDTH}"/><path d="M${points.join('L')}"/></svg>` +
    `<p class=axis>${labels}</p></figure>`
  );
}
