import { html } from '../page-kit/html.ts';
import type { RenderedPage } from '../page-kit/rendered-page.ts';

/** The name under which Astro renders the shell of feature pages in bulk mode. */
export const SHELL_FEATURE = 'shell';

/** A page of markers only, which the bulk writer replaces; no corpus text can hold them, since `<` is escaped. */
export const shell: RenderedPage = { head: html`<!--atlas:head-->`, body: html`<!--atlas:body-->` };

export function isShell(feature: string | undefined): boolean {
  return feature === SHELL_FEATURE;
}

/** A shell cut at its markers. Throws Error when it does not hold each exactly once, in order. */
export function cutShell(text: string): { before: string; between: string; after: string } {
  const [before, rest = '', ...more] = text.split(shell.head.text);
  const [between, after, ...evenMore] = rest.split(shell.body.text);
  if (before === undefined || between === undefined || after === undefined || more.length + evenMore.length > 0) {
    throw new Error('the feature pages’ shell does not hold each marker once');
  }
  return { before, between, after };
}

export function fillShell(cut: ReturnType<typeof cutShell>, page: RenderedPage): string {
  return cut.before + page.head.text + cut.between + page.body.text + cut.after;
}
