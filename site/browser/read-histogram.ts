import { counted } from '../page-kit/counted.ts';
import { count, significant } from '../page-kit/format.ts';
import type { Tip } from './tip.ts';

/** Names the bin under the pointer, and how much of it is marked where some is. */
export function readHistogram(svg: SVGElement, tip: Tip): void {
  const counts = (svg.dataset.c ?? '').split(' ').map(Number);
  const marked = svg.dataset.h?.split(' ').map(Number);
  const width = Number(svg.dataset.max) / counts.length;
  svg.addEventListener('pointermove', (event) => {
    const { left, width: pixels } = svg.getBoundingClientRect();
    const bin = Math.min(counts.length - 1, Math.max(0, Math.floor(((event.clientX - left) / pixels) * counts.length)));
    const range = `${significant(bin * width)} – ${significant((bin + 1) * width)}`;
    const part = marked ? `${count(marked[bin])} of ` : '';
    tip.show(svg, [`${range}: ${part}${counted(counts[bin], 'token')}`]);
  });
  svg.addEventListener('pointerleave', () => tip.hide());
}
