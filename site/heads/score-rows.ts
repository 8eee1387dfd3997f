import type { HeadsView, ShownHead, ShownScore } from './heads-view.ts';

/** The table of scores as the page holds it: what it says, and its rows, which are sorted and hidden in place. */
export interface ScoreRows {
  readonly heads: readonly ShownHead[];
  readonly scores: readonly ShownScore[];
  /** Shows some heads, in that order. */
  arrange(order: readonly number[], view: HeadsView): void;
}

/** Reads the table, and gives its headers buttons; `sort` hears of the score that is clicked, '' for the heads' own order. */
export function scoreRows(table: HTMLTableElement, sort: (key: string) => void): ScoreRows {
  const head = [...(table.tHead?.rows ?? [])];
  const groups = [...(head.at(0)?.cells ?? [])].flatMap((cell) => Array<string>(cell.colSpan).fill(cell.textContent));
  const headers = [...(head.at(1)?.cells ?? [])];
  const scores = headers.flatMap(({ dataset, textContent }, i) =>
    dataset.key === undefined
      ? []
      : [{ key: dataset.key, name: textContent, group: groups[i], unit: dataset.unit ?? 'number' }],
  );
  const body = table.tBodies[0];
  const rows = [...body.rows];
  for (const [i, header] of headers.entries()) {
    const { key } = header.dataset;
    if (key !== undefined || i === 0) makeButton(header, () => sort(key ?? ''));
  }
  return {
    scores,
    heads: rows.map(headOf),
    arrange(order, view) {
      const shown = new Set(order);
      for (const [i, row] of rows.entries()) row.hidden = !shown.has(i);
      for (const i of order) body.append(rows[i]);
      for (const [i, header] of headers.entries()) {
        const isSorted = (header.dataset.key ?? (i === 0 ? '' : undefined)) === view.sort;
        if (isSorted) header.ariaSort = view.descending === (view.sort !== '') ? 'descending' : 'ascending';
        else header.ariaSort = null;
      }
    },
  };
}

function headOf(row: HTMLTableRowElement): ShownHead {
  const [name, verdict, induction, family] = [...row.cells].map(({ textContent }) => textContent.trim());
  const numbers = (row.dataset.v ?? '').split(',');
  return {
    ...{ name, verdict, induction, family, layer: row.dataset.layer ?? '' },
    href: row.querySelector('a')?.href ?? '',
    values: numbers.map((text) => (text === '' ? null : Number(text))),
  };
}

function makeButton(header: HTMLElement, pressed: () => void): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = header.textContent;
  button.addEventListener('click', pressed);
  header.replaceChildren(button);
}
