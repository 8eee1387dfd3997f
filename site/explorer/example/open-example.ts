import type { Links } from '../../page-kit/links.ts';
import { decodeView } from '../url/decode-view.ts';
import { emptyView } from '../url/empty-view.ts';
import { encodeView } from '../url/encode-view.ts';
import { decodeContext, pieceOf } from './context-piece.ts';
import { contextOf } from './example-query.ts';

/** Fetches a file of the site. Throws where it does not come. */
export type FetchBytes = (url: string) => Promise<ArrayBuffer>;

/** Where examples are of: the site, and how many contexts its run has. */
export interface ExampleSite {
  readonly links: Links;
  readonly contexts: number;
}

/**
 * A query that names an example of the run, with the example's tokens in place of its number: those that the run saw,
 * up to the feature, or the position, that is looked at. undefined where the query names none. Throws Error in one clear line.
 */
export async function exampleAddress(
  query: string,
  { links, contexts }: ExampleSite,
  fetchBytes: FetchBytes,
): Promise<string | undefined> {
  const context = contextOf(new URLSearchParams(query));
  if (context === undefined) return undefined;
  const missing = `this run has no context ${context} (it has 0 to ${contexts - 1})`;
  if (context >= contexts) throw new Error(missing);
  const { view } = decodeView(query);
  const target = view.target.trail.at(0);
  const { file, row } = pieceOf(context);
  const ids = decodeContext(await fetchBytes(links.file(file)), row);
  if (!ids) throw new Error(missing);
  const position = Math.min(target?.position ?? view.position ?? ids.length - 1, ids.length - 1);
  return encodeView({
    ...emptyView,
    ...view,
    prompts: [{ ids: ids.slice(0, position + 1) }],
    position: view.position ?? position,
    layer: view.layer ?? target?.layer ?? null,
  });
}
