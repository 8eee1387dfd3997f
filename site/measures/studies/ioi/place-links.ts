import { titleOf } from '../../../page-kit/feature-name.ts';
import { type Html, html, joined, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { tokenLabel } from '../../../page-kit/token-text.ts';
import type { IoiData } from './data.ts';

/** A head's name, linked where its layer has an SAE and so a page. */
export function headName(layer: number, head: number, env: PageEnv): Html {
  const name = `${layer}.${head}`;
  const sae = env.saeOf(layer);
  return sae !== undefined ? html`<a href="${env.links.head(sae, head)}">${name}</a>` : html`${name}`;
}

export function featureName(layer: number, feature: number, { links, saeOf, nameOf }: PageEnv): Html {
  const sae = saeOf(layer) ?? String(layer);
  return html`<a href="${links.feature(sae, feature)}"${titleOf(nameOf(sae, feature))}>${sae}/${feature}</a>`;
}

const PROMOTED = 3;

/** What a feature is, by what else the run knows of it: its family and the tokens it promotes. */
export function featureLabel(layer: number, feature: number, data: IoiData, env: PageEnv): Html {
  const known = data.label(layer, feature);
  if (!known) return nothing;
  const tokens = known.promoted.slice(0, PROMOTED).map((id) => html`<code>${tokenLabel(env.token(id))}</code>`);
  return html`${known.family ?? ''} <small>promotes ${joined(tokens, ' ')}</small>`;
}

/** Several things in a sentence. */
export function listed(items: readonly Html[]): Html {
  if (items.length < 2) return html`${items}`;
  return html`${joined(items.slice(0, -1), ', ')} and ${items.at(-1)}`;
}
