import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { linePath, type PlotArea, type Point, plotScales } from '../studies/plot.ts';

const WIDTH = 180;
const area: PlotArea = { left: 0, top: 18, width: WIDTH, height: 66 };
const BOTTOM = area.top + area.height;

/** One figure of a training by step, from 0 up: points are [step, value]. */
export function curvePanel(name: string, points: readonly Point[], show: (value: number) => string): Html {
  const most = greatest(
    points.map(([, value]) => value),
    0,
  );
  const [end, last] = points.at(-1) ?? [0, 0];
  const { x, y } = plotScales(area, [0, end], [0, most || 1]);
  const line = linePath(points.map(([step, value]): Point => [x(step), y(value)]));
  const label = `${name} by step: at most ${show(most)}, ${show(last)} at the end`;
  return html`
    <svg viewBox="0 0 ${WIDTH} ${BOTTOM + 4}" role=img aria-label="${label}">
      <path class=base d="M0 ${area.top}H${WIDTH}M0 ${BOTTOM}H${WIDTH}"/><path class=line d="${line}"/>
      <text x=0 y=12>${name}</text><text class=end x="${WIDTH}" y=12>${show(most)}</text>
    </svg>
  `;
}
