import { type FigureColumn, figureTable } from '../page-kit/figure-table.ts';
import { count, percent, significant } from '../page-kit/format.ts';
import type { Html } from '../page-kit/html.ts';

type Point = readonly number[];

const numbersOf = (text = ''): number[] => text.split(' ').filter(Boolean).map(Number);

const column = (name: string, key: string, i: number, show: (value: number) => string): FigureColumn<Point> => ({
  ...{ name, key, value: (point) => point[i], show: (point) => show(point[i]) },
});

/** The table of a histogram, of one with a part of its bars marked, or of a curve, from what its drawing has. */
export function tableOfFigure(details: HTMLElement): Html {
  const figure = details.closest('figure');
  const { c, h, x, max } = figure?.querySelector('svg')?.dataset ?? {};
  const name = figure?.querySelector('figcaption')?.firstChild?.textContent?.trim() ?? '';
  const values = numbersOf(c);
  const file = details.dataset.file ?? '';
  if (x !== undefined) {
    const columns = [column('Tokens kept', 'tokens_kept', 0, count), column('Activation left', 'share', 1, percent)];
    return figureTable({
      name,
      file,
      columns,
      rows: numbersOf(x).flatMap((at, i) => (i < values.length ? [[at, values[i]]] : [])),
    });
  }
  const width = Number(max) / values.length;
  const marked = numbersOf(h);
  const columns = [
    column('Activation from', 'from', 0, significant),
    column('to', 'to', 1, significant),
    column('Active tokens', 'active_tokens', 2, count),
    ...(marked.length > 0 ? [column('Proxy holds', 'proxy_holds', 3, count)] : []),
  ];
  const rows = values.map((value, bin) => [bin * width, (bin + 1) * width, value, marked[bin]]);
  return figureTable({ name, file, columns, rows });
}
