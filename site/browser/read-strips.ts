import { offset, signed } from '../page-kit/format.ts';
import { type LiveStrip, liveStrip } from './strip.ts';
import { named, type Tip } from './tip.ts';

/** Hover, focus and arrow keys over all token strips of a page, by delegation. */
export function readStrips(root: HTMLElement, tip: Tip, isAttributionMode: () => boolean): void {
  for (const strip of root.querySelectorAll<HTMLElement>('.s')) strip.tabIndex = 0;

  function enter(event: Event): void {
    const strip = stripOf(event.target);
    if (!strip) {
      tip.hide();
      return;
    }
    const { tokens, peak } = liveStrip(strip);
    const i = indexOf(under(event));
    const token = i === undefined ? undefined : tokens[i];
    strip.classList.toggle('dfa', strip.matches('.top .s') && (isAttributionMode() || i === peak));
    if (token) tip.show(token.element, describe({ tokens, peak }, token));
  }

  function leave(event: Event): void {
    tip.hide();
    if (!isAttributionMode()) stripOf(event.target)?.classList.remove('dfa');
  }

  root.addEventListener('pointerover', enter);
  root.addEventListener('pointerout', leave);
  root.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('.s')) focusToken(event.target);
    else enter(event);
  });
  root.addEventListener('focusout', leave);
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') tip.hide();
    moveFocus(event);
  });
}

/** What an event is about; under a pointer that may be an element which this very event gave the strip. */
function under(event: Event): EventTarget | null {
  return event instanceof PointerEvent ? document.elementFromPoint(event.clientX, event.clientY) : event.target;
}

function stripOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('.s') : null;
}

function indexOf(target: EventTarget | null): number | undefined {
  return target instanceof HTMLElement && target.dataset.i !== undefined ? Number(target.dataset.i) : undefined;
}

function describe({ tokens, peak }: LiveStrip, token: LiveStrip['tokens'][number]): (string | Node)[] {
  const distance = token.position - tokens[peak].position;
  const place = distance === 0 ? 'the peak' : `${offset(distance)} from the peak`;
  const attribution = token.attribution === undefined ? '' : ` · attribution ${signed(token.attribution)}`;
  const text = token.text.replaceAll(' ', '·');
  const value = token.element.closest('.seq') ? `attention ${attentionText(token)}` : `activation ${token.activation}`;
  return [named(text), ` ${value}${attribution} · ${place} · position ${token.position}${documentOf(token.element)}`];
}

/** File and document of an example, which the page has as the title of its place. */
function documentOf(token: Element): string {
  const title = token.closest('li')?.querySelector<HTMLElement>(':scope > b > i')?.title ?? '';
  return title === '' ? '' : ` · ${title.replace(/;.*$/, '')}`;
}

/** The page leaves out what is less. */
const attentionText = ({ activation }: LiveStrip['tokens'][number]): string =>
  activation === '0' ? 'under 0.01' : activation;

/** The strip hands its place in the tab order to its peak, from where arrow keys move it on. */
function focusToken(strip: HTMLElement): void {
  const { tokens, peak } = liveStrip(strip);
  const token = tokens[Math.max(0, peak)];
  if (!token) return;
  strip.tabIndex = -1;
  token.element.tabIndex = 0;
  token.element.focus();
}

const STEPS: Readonly<Record<string, (i: number, last: number) => number>> = {
  ArrowLeft: (i) => i - 1,
  ArrowRight: (i) => i + 1,
  Home: () => 0,
  End: (_, last) => last,
};

function moveFocus(event: KeyboardEvent): void {
  const strip = stripOf(event.target);
  const i = indexOf(event.target);
  const step = STEPS[event.key];
  if (!strip || i === undefined || !step || event.ctrlKey || event.altKey || event.metaKey) return;
  const { tokens } = liveStrip(strip);
  const next = tokens[step(i, tokens.length - 1)];
  if (!next) return;
  event.preventDefault();
  for (const { element } of tokens) element.tabIndex = element === next.element ? 0 : -1;
  next.element.focus();
}
