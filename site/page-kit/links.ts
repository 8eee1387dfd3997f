export interface Links {
  /** A page by its name without extension; '' is the overview. */
  page(name: string): string;
  /** Of an SAE by its id, which is its layer's number where the layer has one. */
  feature(sae: string | number, feature: number): string;
  /** A head as an SAE of its layer shows it. */
  head(sae: string | number, head: number): string;
  /** A file that is no page, such as a script or a search column. */
  file(path: string): string;
  /** The address of a file for those who read it elsewhere: with the host, where that is known. */
  shared(path: string): string;
}

/** '/atlas', 'atlas/' and '/atlas/' all mean '/atlas/'. */
function normalizeBase(base: string): string {
  const inner = encodeURI(base.replace(/^\/+|\/+$/g, ''));
  return inner === '' ? '/' : `/${inner}/`;
}

export interface LinkOptions {
  /** What addresses begin with for those who read them elsewhere. */
  readonly host?: string | undefined;
  /** Whether one page an SAE draws the pages of its features: `f/5.html?123` in place of `f/5/123.html`. */
  readonly isPacked?: boolean;
}

/** Every link of the site is made here, so that it works under a base path and from any static host. */
export function createLinks(base: string, { host = '', isPacked = false }: LinkOptions = {}): Links {
  const root = normalizeBase(base);
  const page = (name: string): string => (name === '' ? root : `${root}${name}.html`);
  return {
    page,
    feature: (sae, feature) => (isPacked ? `${page(`f/${sae}`)}?${feature}` : page(`f/${sae}/${feature}`)),
    head: (sae, head) => page(`h/${sae}/${head}`),
    file: (path) => `${root}${path}`,
    shared: (path) => `${host}${root}${path}`,
  };
}
