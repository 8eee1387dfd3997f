import { differ } from '../../compare/differ.ts';
import { type Html, html } from '../../page-kit/html.ts';
import type { Measured } from '../quality/quality-columns.ts';

/** Whether two measurements are told apart: where both have 95% intervals, by these, else as `differ` does. */
export function measuredDiffer(a: Measured, b: Measured): boolean {
  if (a.range && b.range) return a.range[1] < b.range[0] || b.range[1] < a.range[0];
  return differ(a.value, b.value);
}

/** Seen and heard. */
export const unequal: Html = html`<b class=unequal title=differs>≠</b>`;
