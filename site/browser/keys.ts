import { onKeys } from './on-keys.ts';

/** The keyboard of a page: `[` and `]` to the page before and after, `j` and `k` along the examples. */
export function readKeys(root: HTMLElement): void {
  const follow = (selector: string) => () => document.querySelector<HTMLElement>(selector)?.click();
  onKeys({
    '[': follow('a[rel=prev]'),
    ']': follow('a[rel=next]'),
    j: () => step(root, 1),
    k: () => step(root, -1),
  });
}

/** Moves the focus to the next strip of the top examples, or the one before, past those that are folded. */
function step(root: HTMLElement, by: number): void {
  const examples = [...root.querySelectorAll<HTMLElement>('.top > li')];
  const here = examples.findIndex((example) => example.contains(document.activeElement));
  const next = examples[here < 0 ? (by > 0 ? 0 : examples.length - 1) : here + by];
  const strip = next?.querySelector<HTMLElement>('.s');
  if (!strip) return;
  strip.tabIndex = 0;
  strip.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
