import type { Html } from './html.ts';

/** What a page adds to its route's shell. */
export interface RenderedPage {
  /** Elements for <head>: title and description. */
  readonly head: Html;
  /** The inside of <main>. */
  readonly body: Html;
}
