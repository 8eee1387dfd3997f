import { attributionShares } from '../../pipeline/measures/heads/maths/head-attribution.ts';
import { percent } from '../page-kit/format.ts';
import { decodeStrip } from '../page-kit/strip-codec.ts';
import { kindOf } from './compare-names.ts';

/** What a page says under one name: in words or a number, or as a list whose items may be the other's too. */
export type Fact = string | readonly string[];

/** By name, in the page's order. */
export type Facts = ReadonlyMap<string, Fact>;

const textOf = (element: Element | null | undefined): string =>
  (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

const all = (root: Element, selector: string): Element[] => [...root.querySelectorAll(selector)];

/** What a page says of the feature, head or SAE that the name names. */
export function factsOf(main: Element, name: string): Facts {
  if (kindOf(name) === 's') return saeFacts(main, name.slice(2));
  return new Map<string, Fact>([
    ['What it does', textOf(main.querySelector('.answer') ?? main.querySelector('#summary'))],
    ...all(main, 'dl.stats > div').map(statistic),
    ...all(main, '.looks tbody tr').flatMap((row) => [...row.querySelectorAll('td')].map(cellFact)),
    ...lists(main),
    ...all(main, '#roles .bars > li:not(.formed)').map((item) => barFact(item, 'Role, share of attribution: ')),
    ...headFacts(main),
  ]);
}

function statistic(row: Element): [string, Fact] {
  const part = row.closest('section, #circuits .traits > div')?.querySelector('h2, h3');
  const of = part ? `${textOf(part)}: ` : '';
  return [of + textOf(row.querySelector('dt')), textOf(row.querySelector('dd'))];
}

/** A cell of a table whose rows and columns have names; of its text the number alone. */
function cellFact(cell: HTMLTableCellElement): [string, Fact] {
  const column = textOf(cell.closest('table')?.querySelector(`thead th:nth-child(${cell.cellIndex + 1})`));
  const row = textOf(cell.parentElement?.querySelector('th'));
  const value = textOf(cell).replace(/ .*/, '');
  return [`Attention ${column.toLowerCase()}: ${row}`, value];
}

const barFact = (item: Element, before: string): [string, Fact] => [
  before + textOf(item.querySelector('a')),
  textOf(item.querySelector('a ~ span')),
];

function lists(main: Element): [string, Fact][] {
  const named: [string, string][] = [
    ['Promotes', '.logits .up code'],
    ['Suppresses', '.logits .down code'],
    ['Circuits: attends', '#circuits .traits > :nth-child(1) .bars span:has(code)'],
    ['Circuits: writes', '#circuits .traits > :nth-child(2) .bars span:has(code)'],
    ['Leading features', '#leading ~ .cards h3'],
  ];
  const activating = all(main, '.glance > div').find((row) => textOf(row.querySelector('dt')) === 'Activates on');
  const found: [string, string[]][] = [
    ['Activates on', activating ? all(activating, 'code').map(textOf) : []],
    ...named.map(([name, selector]): [string, string[]] => [name, all(main, selector).map(textOf)]),
  ];
  return found.filter(([, items]) => items.length > 0);
}

/** A feature's decoder norm by head, and the share of its top examples' positive attribution that each carries. */
function headFacts(main: Element): [string, Fact][] {
  const heads = all(main, '.bars.heads > li');
  const strips = all(main, '.top .s').map((strip) => decodeStrip(strip.getAttribute('data-s') ?? '').byHead);
  const known = strips.filter(({ length }) => length > 0);
  const shares = attributionShares(known, heads.length);
  const weights = heads.map((item) => barFact(item, 'Share of decoder norm, head '));
  if (known.length === 0) return weights;
  return weights.flatMap(([name, weight], head): [string, Fact][] => [
    [name, weight],
    [name.replace('decoder norm', 'attribution'), percent(shares[head], 2)],
  ]);
}

/** A row of the table of SAEs, intervals left out. */
function saeFacts(main: Element, sae: string): Facts {
  const table = main.querySelector('table.grid');
  const row = table && all(table, 'tbody tr').find((candidate) => textOf(candidate.querySelector('th')) === sae);
  if (!row) throw new Error(`there is no SAE ${sae}`);
  const names = all(table, 'thead th').map(textOf);
  return new Map(
    [...row.querySelectorAll('td')].map((cell) => [names[cell.cellIndex], cell.firstChild?.textContent?.trim() ?? '']),
  );
}
