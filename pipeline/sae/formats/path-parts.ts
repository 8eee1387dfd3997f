/** The folders of a path. */
export const partsOf = (path: string): string[] => path.split(/[/\\]/).filter((part) => part !== '');

/**
 * The model of a Gemma Scope release, as a folder is called: google/gemma-2-2b of gemma-scope-2b-pt-att,
 * google/gemma-3-1b-pt of gemma-scope-2-1b-pt.
 */
export function scopeModel(release: string): string | undefined {
  const [, second, size, kind] = /gemma-scope-(2-)?(\d+(?:b|m))-(pt|it)/i.exec(release) ?? [];
  if (size === undefined) return undefined;
  if (second) return `google/gemma-3-${size}-${kind}`;
  return `google/gemma-2-${size}${kind === 'it' ? '-it' : ''}`;
}
