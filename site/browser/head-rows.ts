import { greatest } from '../../pipeline/numbers/extremes.ts';
import { signed } from '../page-kit/format.ts';
import { decodeStrip } from '../page-kit/strip-codec.ts';
import type { Tip } from './tip.ts';

const SVG = 'http://www.w3.org/2000/svg';
const BAR = 6;
const HALF = 9;

/** Under every strip that knows it: its peak's attribution by head, as bars with the strongest head named. */
export function drawHeadRows(root: HTMLElement, layer: string, tip: Tip): void {
  for (const strip of root.querySelectorAll<HTMLElement>('.top .s')) {
    const values = decodeStrip(strip.dataset.s ?? '').byHead;
    if (values.length === 0) continue;
    const row = document.createElement('div');
    row.className = 'under';
    row.append(headRow(values, layer, tip));
    const outside = strip.nextElementSibling;
    if (outside) row.append(outside);
    strip.after(row);
  }
}

function headRow(values: readonly number[], layer: string, tip: Tip): HTMLElement {
  const strongest = values.reduce((best, value, head) => (Math.abs(value) > Math.abs(values[best]) ? head : best), 0);
  const row = document.createElement('span');
  row.className = 'hd';
  const sum = values.reduce((total, value) => total + value, 0);
  const inWords = `${layer}.${strongest} ${signed(values[strongest])}, all ${signed(sum)}`;
  row.append('by head', bars(values, layer, tip), inWords);
  return row;
}

function bars(values: readonly number[], layer: string, tip: Tip): SVGElement {
  const largest = greatest(values.map(Math.abs), Number.MIN_VALUE);
  const width = values.length * BAR;
  const svg = element('svg', { viewBox: `0 0 ${width} ${2 * HALF}`, 'aria-hidden': 'true' });
  svg.append(element('line', { x1: 0, x2: width, y1: HALF, y2: HALF }));
  values.forEach((value, head) => {
    const tall = Math.max(0.5, (Math.abs(value) / largest) * HALF);
    const bar = element('rect', {
      x: head * BAR + 0.5,
      y: value > 0 ? HALF - tall : HALF,
      width: BAR - 1,
      height: tall,
    });
    if (value < 0) bar.classList.add('neg');
    bar.addEventListener('pointerenter', () => tip.show(bar, [`head ${layer}.${head}: attribution ${signed(value)}`]));
    bar.addEventListener('pointerleave', () => tip.hide());
    svg.append(bar);
  });
  return svg;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
