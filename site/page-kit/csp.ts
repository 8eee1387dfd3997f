const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
} as const;

/** What the explorer alone needs more: workers, and WebAssembly, which some browsers count as a script in them too. */
const explorer = { 'script-src': "'self' 'wasm-unsafe-eval'", 'worker-src': "'self'" };

/** No inline script or style, nothing from elsewhere; a page may only fetch the files beside it. */
export function contentSecurityPolicy(section: string): string {
  const directives = { ...policy, ...(section === 'explorer' ? explorer : {}) };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}
