/** What a page adds to its route's shell. */
export interface RenderedPage {
  /** Elements for <head>: title and description. */
  readonly head: string;
  /** The inside of <main>. */
  readonly body: string;
}
