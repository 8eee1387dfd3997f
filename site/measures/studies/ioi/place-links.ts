import { escapeText } from '../../../page-kit/escape.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { tokenLabel } from '../../../page-kit/token-text.ts';
import type { IoiData } from './data.ts';

/** A head's name, linked where its layer has an SAE and so a page. */
export function headName(layer: number, head: number, env: PageEnv): string {
  const name = `${layer}.${head}`;
  return env.dSae.has(layer) ? `<a href="${env.links.head(layer, head)}">${name}</a>` : name;
}

export const featureName = (layer: number, feature: number, env: PageEnv): string =>
  `<a href="${env.links.feature(layer, feature)}">${layer}/${feature}</a>`;

const PROMOTED = 3;

/** What a feature is, by what else the run knows of it: its family and the tokens it promotes. */
export function featureLabel(layer: number, feature: number, data: IoiData, env: PageEnv): string {
  const known = data.label(layer, feature);
  if (!known) return '';
  const tokens = known.promoted.slice(0, PROMOTED).map((id) => `<code>${escapeText(tokenLabel(env.token(id)))}</code>`);
  return `${escapeText(known.family ?? '')} <small>promotes ${tokens.join(' ')}</small>`;
}

/** Several things in a sentence. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
