import type { UpstreamRow } from '../../../pipeline/store/schema.ts';
import { percent, signed, significant } from '../format.ts';
import { barClass } from '../levels.ts';
import type { PageEnv } from '../page-env.ts';
import { escapeHtml } from './escape.ts';

/** Rows of components under this share of the activation stay folded away. */
const LEAST_SHARE = 0.01;

const NAMES: Readonly<Record<string, string>> = {
  embedding: 'Token embedding',
  position: 'Position embedding',
  attention: 'Attention output',
  error: 'SAE error',
  decoder_bias: 'SAE decoder bias',
  output_bias: 'Output bias',
  mlp: 'MLP',
  value_bias: 'Value bias',
  constant: 'Constant',
  other_features: 'Other features',
};

/** What a feature reads: upstream features and the rest of the residual stream; empty where the run did not look. */
export function upstreamSection(rows: readonly UpstreamRow[] | undefined, env: PageEnv): string {
  const [first] = rows ?? [];
  if (!rows || !first) return '';
  const largest = Math.max(...rows.map(({ share }) => Math.abs(share)), Number.MIN_VALUE);
  const features = rows.filter(({ upstream_feature }) => upstream_feature !== null);
  const others = rows.filter(({ upstream_feature }) => upstream_feature === null);
  const shown = others.filter(({ share }) => Math.abs(share) >= LEAST_SHARE);
  const small = others.filter(({ share }) => Math.abs(share) < LEAST_SHARE);
  const more =
    small.length === 0
      ? ''
      : `<details class=more><summary>${small.length} under ${percent(LEAST_SHARE, 1)}</summary>${table(small, largest, 'Component', env)}</details>`;
  return (
    '<section aria-labelledby=reads><h2 id=reads>What it reads</h2><p class=note>' +
    `${escapeHtml(note(first.examples))} <a href="${env.links.page('methods')}">How it is computed</a></p>` +
    `${features.length > 0 ? table(features, largest, 'Upstream feature', env) : ''}` +
    `${shown.length > 0 ? table(shown, largest, 'Component', env) : ''}${more}</section>`
  );
}

function note(examples: number): string {
  const over = examples === 1 ? 'one of its top examples' : `${examples} of its top examples`;
  return (
    `Share of the activation, mean over ${over}, with attention patterns and LayerNorm scales held as they were. ` +
    'All shares sum to 100 %; what speaks against the feature is negative.'
  );
}

function table(rows: readonly UpstreamRow[], largest: number, heading: string, env: PageEnv): string {
  const wired = rows.some(({ wiring }) => wiring !== null);
  const columns = [
    `<th scope=col>${heading}</th><th scope=col><span class=visually-hidden>Share, as a bar</span></th><th scope=col>Share</th>`,
    '<th scope=col><abbr title="The head that carries most of it">Head</abbr></th>',
    '<th scope=col><abbr title="Tokens back from the feature to where it reads, on average">Back</abbr></th>',
    wired
      ? '<th scope=col><abbr title="How strongly the weights alone connect them through that head">Wiring</abbr></th>'
      : '',
  ];
  const body = rows.map((row) => tableRow(row, { largest, wired, env })).join('');
  return `<div class=scroll><table class="grid reads"><thead><tr>${columns.join('')}</tr></thead><tbody>${body}</tbody></table></div>`;
}

interface RowOptions {
  readonly largest: number;
  readonly wired: boolean;
  readonly env: PageEnv;
}

function tableRow(row: UpstreamRow, { largest, wired, env }: RowOptions): string {
  const bar = `<span class="t${row.share < 0 ? ' against' : ''}"><i class=${barClass(Math.abs(row.share) / largest)}></i></span>`;
  const head =
    row.head === null ? '–' : `<a href="${env.links.head(row.layer, row.head)}">${row.layer}.${row.head}</a>`;
  const back = row.distance === null ? '–' : significant(row.distance, 2);
  const wiring = row.wiring === null ? '–' : signed(row.wiring, 2);
  return (
    `<tr><th scope=row>${name(row, env)}</th><td>${bar}</td><td>${percent(row.share, 2)}</td><td>${head}</td>` +
    `<td>${back}</td>${wired ? `<td>${wiring}</td>` : ''}</tr>`
  );
}

function name({ kind, upstream_layer: layer, upstream_feature: feature, examples, seen }: UpstreamRow, env: PageEnv) {
  if (layer !== null && feature !== null) {
    const partly = seen < examples ? ` <small>in ${seen} of ${examples}</small>` : '';
    return `<a href="${env.links.feature(layer, feature)}">${layer}/${feature}</a>${partly}`;
  }
  const known = escapeHtml(NAMES[kind] ?? kind);
  return layer === null || kind === 'value_bias' ? known : `${known}, layer ${layer}`;
}
