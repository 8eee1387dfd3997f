/** What TypeScript's compiler leaves: imports in types and in markup, and modules named by a URL. */
const named = /(\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(['"])([^'"\n]+)\.ts(\?[^'"\n]*)?\2/g;

/** Code with the names of its own TypeScript modules as they are once compiled: './a.ts' → './a.js'. */
export const compiledNames = (code) => code.replace(named, '$1$2$3.js$4$2');
