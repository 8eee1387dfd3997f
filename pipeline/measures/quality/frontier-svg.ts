import { greatest, least } from '../../numbers/extremes.ts';
import type { Frontier } from './frontier.ts';
import type { SaeQuality } from './quality.ts';

/** Pixels of a panel, and around it. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [300, 220, 52, 76, 32, 44];
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

const panels: readonly { readonly title: string; value(quality: SaeQuality): number }[] = [
  { title: 'explained variance', value: ({ explainedVariance }) => explainedVariance },
  { title: 'loss recovered', value: ({ lossRecovered }) => lossRecovered },
];

/** Explained variance and loss recovered by L0, on a logarithmic axis, a line for each place in the model. */
export function frontierSvg(frontiers: readonly Frontier[]): string {
  const step = LEFT + WIDTH + RIGHT;
  const size = `width="${panels.length * step}" height="${TOP + HEIGHT + BOTTOM}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} font-family="sans-serif" font-size="11">`,
    '<title>SAEs by sparsity</title>',
    `<rect ${size} fill="#fff"/>`,
    ...panels.flatMap(({ title, value }, i) => [
      `<g transform="translate(${i * step + LEFT} ${TOP})">`,
      `<text x="${WIDTH / 2}" y="-12" text-anchor="middle" font-weight="bold">${title}</text>`,
      ...panelLines(frontiers, value),
      '</g>',
    ]),
    '</svg>',
    '',
  ].join('\n');
}

function panelLines(frontiers: readonly Frontier[], value: (quality: SaeQuality) => number): string[] {
  const all = frontiers.flatMap(({ points }) => points.map(({ quality }) => quality));
  const x = axis(
    all.map(({ l0 }) => Math.log(Math.max(l0, 0.01))),
    WIDTH,
  );
  const y = axis(all.map(value), -HEIGHT);
  const across = (l0: number) => x.place(Math.log(Math.max(l0, 0.01)));
  const up = (at: number) => HEIGHT + y.place(at);
  return [
    `<path d="M0 0V${HEIGHT}H${WIDTH}" fill="none" stroke="#555"/>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT + 34}" text-anchor="middle">L0 (active features a token)</text>`,
    ...[...new Set(all.map(({ l0 }) => l0.toPrecision(3)))].map(
      (l0) => `<text x="${across(Number(l0)).toFixed(1)}" y="${HEIGHT + 16}" text-anchor="middle">${Number(l0)}</text>`,
    ),
    ...[y.low, (y.low + y.high) / 2, y.high].map(
      (at) => `<text x="-6" y="${(up(at) + 4).toFixed(1)}" text-anchor="end">${at.toFixed(3)}</text>`,
    ),
    ...frontiers.flatMap(({ name, points }, i) => {
      const colour = COLOURS[i % COLOURS.length];
      const places = points.map(({ quality, best }) => ({ cx: across(quality.l0), cy: up(value(quality)), best }));
      const line = places.filter(({ best }) => best).map(({ cx, cy }) => `${cx.toFixed(1)},${cy.toFixed(1)}`);
      const end = places.at(-1);
      return [
        `<polyline points="${line.join(' ')}" fill="none" stroke="${colour}"/>`,
        ...places.map(
          ({ cx, cy, best }) =>
            `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="3.5" stroke="${colour}" fill="${best ? colour : '#fff'}"/>`,
        ),
        `<text x="${((end?.cx ?? 0) + 8).toFixed(1)}" y="${((end?.cy ?? 0) + 4).toFixed(1)}" fill="${colour}">${name}</text>`,
      ];
    }),
  ];
}

/** Places of values along an axis of so many pixels, a twentieth of it free at both ends. */
function axis(values: readonly number[], pixels: number) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [least(finite), greatest(finite)];
  const span = high > low ? high - low : 1;
  return { low, high, place: (value: number) => (pixels * (0.05 * span + 0.9 * (value - low))) / span };
}
