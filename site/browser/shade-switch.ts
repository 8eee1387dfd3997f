import type { PageAddress } from './page-address.ts';
import { liveStrip } from './strip.ts';

/** The switch between shading by activation and by attribution, kept in the address; returns whether it is by attribution. */
export function shadeSwitch(root: HTMLElement, address: PageAddress): () => boolean {
  const group = root.querySelector<HTMLElement>('.shade');
  const buttons = [...(group?.querySelectorAll<HTMLElement>('button:not(.lines-switch)') ?? [])];
  const strips = [...root.querySelectorAll<HTMLElement>('.top .s')];
  let byAttribution = false;
  if (!group || strips.length === 0) return () => false;
  group.hidden = false;
  const show = (attribution: boolean) => {
    byAttribution = attribution;
    for (const [j, other] of buttons.entries()) other.ariaPressed = String((j === 1) === attribution);
    for (const strip of strips) {
      liveStrip(strip);
      strip.classList.toggle('dfa', attribution);
    }
  };
  buttons.forEach((button, i) => {
    button.addEventListener('click', () => {
      show(i === 1);
      address.set('shade', i === 1 ? 'attribution' : '');
    });
  });
  if (address.get('shade') === 'attribution') show(true);
  return () => byAttribution;
}
