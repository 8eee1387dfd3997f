import { greatest } from '../../pipeline/numbers/extremes.ts';
import { attributionLevel } from '../page-kit/levels.ts';
import { decodeStrip } from '../page-kit/strip-codec.ts';
import { cutTokens } from '../page-kit/strip-tokens.ts';

interface StripToken {
  readonly element: HTMLElement;
  readonly text: string;
  readonly position: number;
  readonly activation: string;
  /** Attribution of the peak to this source; undefined after the peak and where none is known. */
  readonly attribution: number | undefined;
}

export interface LiveStrip {
  readonly tokens: readonly StripToken[];
  readonly peak: number;
}

const live = new WeakMap<HTMLElement, LiveStrip>();

/** Gives every token of a strip an element of its own, once; until then most of it is plain text. */
export function liveStrip(strip: HTMLElement): LiveStrip {
  const known = live.get(strip);
  if (known) return known;
  const made = makeLive(strip);
  live.set(strip, made);
  return made;
}

function makeLive(strip: HTMLElement): LiveStrip {
  const nodes = [...strip.childNodes];
  const runs = nodes.map((node) => ({ text: node.textContent ?? '', shaded: node instanceof HTMLElement }));
  const { lengths, start, activations, bySource } = decodeStrip(strip.dataset.s ?? '');
  const largest = greatest(bySource.map(Math.abs), 0);
  let active = 0;
  const tokens = cutTokens(runs, lengths).map(({ text, run }, i): StripToken => {
    const source = nodes[run];
    const element = source instanceof HTMLElement ? source : plainToken(text);
    const isActive = element.className !== '' && element.className !== 'a0';
    const activation = (isActive ? activations[active++] : undefined) ?? '0';
    const attribution = bySource.at(i);
    shade(element, attributionLevel(attribution ?? 0, largest));
    element.tabIndex = -1;
    element.dataset.i = String(i);
    return { element, text, position: start + i, activation, attribution };
  });
  strip.replaceChildren();
  for (const { element } of tokens) strip.append(element);
  return { tokens, peak: tokens.findIndex(({ element }) => element.localName === 'mark') };
}

function plainToken(text: string): HTMLElement {
  const element = document.createElement('i');
  element.textContent = text;
  return element;
}

function shade(element: HTMLElement, level: number): void {
  if (level !== 0) element.classList.add(level > 0 ? `p${level}` : `n${-level}`);
}
