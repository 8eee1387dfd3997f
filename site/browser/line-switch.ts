import type { PageAddress } from './page-address.ts';
import { liveStrip } from './strip.ts';

/** The switch that breaks the lines of examples where their text does, kept in the address. */
export function lineSwitch(root: HTMLElement, address: PageAddress): void {
  const button = root.querySelector<HTMLElement>('.lines-switch');
  const strips = [...root.querySelectorAll<HTMLElement>('.s')].filter(({ textContent }) => textContent.includes('↵'));
  if (!button) return;
  button.hidden = strips.length === 0;
  const show = (broken: boolean) => {
    button.ariaPressed = String(broken);
    for (const strip of strips) {
      for (const { element, text } of liveStrip(strip).tokens)
        element.classList.toggle('nl', broken && text.includes('↵'));
    }
  };
  button.addEventListener('click', () => {
    const broken = button.ariaPressed !== 'true';
    show(broken);
    address.set('lines', broken ? 'broken' : '');
  });
  if (address.get('lines') === 'broken') show(true);
}
