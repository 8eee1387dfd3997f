import type { ByteSink } from '../page-kit/byte-sink.ts';
import { html } from '../page-kit/html.ts';
import type { RenderedPage } from '../page-kit/rendered-page.ts';

/** The name under which Astro renders the shell of feature pages in bulk mode. */
export const SHELL_FEATURE = 'shell';

/** A page of markers only, which the bulk writer replaces; no corpus text can hold them, since `<` is escaped. */
export const shell: RenderedPage = { head: html`<!--atlas:head-->`, body: html`<!--atlas:body-->` };

export function isShell(feature: string | undefined): boolean {
  return feature === SHELL_FEATURE;
}

/** A shell cut at its markers, as UTF-8. */
interface CutShell {
  readonly before: Uint8Array;
  readonly between: Uint8Array;
  readonly after: Uint8Array;
}

/** Throws Error when the shell does not hold each marker exactly once, in order. */
export function cutShell(text: string): CutShell {
  const [before, rest = '', ...more] = text.split(shell.head.text);
  const [between, after, ...evenMore] = rest.split(shell.body.text);
  if (before === undefined || between === undefined || after === undefined || more.length + evenMore.length > 0) {
    throw new Error('the feature pages’ shell does not hold each marker once');
  }
  const utf8 = new TextEncoder();
  return { before: utf8.encode(before), between: utf8.encode(between), after: utf8.encode(after) };
}

/** The page as the bytes of its file, which the sink holds until it is written to again. */
export function fillShell({ before, between, after }: CutShell, page: RenderedPage, sink: ByteSink): Uint8Array {
  sink.clear();
  sink.add(before);
  page.head.writeTo(sink);
  sink.add(between);
  page.body.writeTo(sink);
  sink.add(after);
  return sink.written;
}
