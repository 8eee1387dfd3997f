import { differ } from './differ.ts';
import type { Fact, Facts } from './page-facts.ts';

export interface ComparedSide {
  /** `feature 5/123` */
  readonly title: string;
  readonly href: string;
  readonly facts: Facts;
}

/** A row for each thing that either page says; what differs is marked, and of lists what both have. */
export function comparisonTable(a: ComparedSide, b: ComparedSide): HTMLTableElement {
  const table = document.createElement('table');
  table.className = 'grid compared';
  table.ariaLabel = `${a.title} and ${b.title}`;
  const head = table.createTHead().insertRow();
  head.append(header('Measure', 'col'), header(a.title, 'col', a.href), header(b.title, 'col', b.href));
  const body = table.createTBody();
  for (const name of new Set([...a.facts.keys(), ...b.facts.keys()])) {
    const [own, other] = [a.facts.get(name), b.facts.get(name)];
    const row = body.insertRow();
    row.append(header(name, 'row'));
    const isList = typeof own === 'object' || typeof other === 'object';
    const differs = !isList && differ(own?.toString(), other?.toString());
    if (differs) row.className = 'differs';
    fill(row.insertCell(), own, other);
    fill(row.insertCell(), other, own);
    if (differs) row.cells[0].append(mark());
  }
  return table;
}

function header(text: string, scope: string, href?: string): HTMLTableCellElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  if (href === undefined) cell.textContent = text;
  else cell.append(Object.assign(document.createElement('a'), { href, textContent: text }));
  return cell;
}

function fill(cell: HTMLTableCellElement, own: Fact | undefined, other: Fact | undefined): void {
  if (typeof own !== 'object') {
    cell.textContent = own ?? '–';
    return;
  }
  const shared = new Set(other);
  const items = own.map((text) => {
    const item = document.createElement(shared.has(text) ? 'mark' : 'code');
    item.textContent = text;
    if (shared.has(text)) item.title = 'both have it';
    return item;
  });
  for (const item of items) cell.append(item, ' ');
  if (typeof other === 'object')
    cell.append(`(${own.filter((text) => shared.has(text)).length} of ${own.length} in both)`);
}

/** Seen and heard. */
function mark(): HTMLElement {
  const element = document.createElement('b');
  element.className = 'unequal';
  element.textContent = '≠';
  element.title = 'differs';
  return element;
}
