import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrastOf, linearOf } from './colour.ts';

const styles = (name: string) => readFileSync(new URL(`../../../site/styles/${name}.css`, import.meta.url), 'utf8');

/** Colours of either theme by their names. */
const named = new Map(
  [...styles('tokens').matchAll(/(--\w+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, ...themes]) => [
    name,
    themes,
  ]),
);

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  const at = theme === 'light' ? 0 : 1;
  const paper = linearOf(named.get('--paper')?.[at] ?? '');

  it('a line of a study’s plot stands out from the paper, whatever its kind', () => {
    const kinds = [...styles('studies').matchAll(/--kind: (?:var\((--\w+)\)|light-dark\((#\w{6}), (#\w{6})\))/g)];
    expect(kinds).toHaveLength(4);
    for (const [rule, name, ...own] of kinds)
      expect(contrastOf(linearOf((named.get(name) ?? own)[at]), paper), rule).toBeGreaterThanOrEqual(3);
  });
});
