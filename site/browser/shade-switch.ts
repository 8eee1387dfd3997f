import { liveStrip } from './strip.ts';

/** The switch between shading by activation and by attribution; returns whether it stands on attribution. */
export function shadeSwitch(root: HTMLElement): () => boolean {
  const group = root.querySelector<HTMLElement>('.shade');
  const buttons = [...(group?.querySelectorAll('button') ?? [])];
  const strips = [...root.querySelectorAll<HTMLElement>('.top .s')];
  let byAttribution = false;
  if (!group || strips.length === 0) return () => false;
  group.hidden = false;
  buttons.forEach((button, i) => {
    button.addEventListener('click', () => {
      byAttribution = i === 1;
      for (const [j, other] of buttons.entries()) other.setAttribute('aria-pressed', String(i === j));
      for (const strip of strips) {
        liveStrip(strip);
        strip.classList.toggle('dfa', byAttribution);
      }
    });
  });
  return () => byAttribution;
}
