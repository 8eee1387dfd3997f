import { readStrips } from '../browser/read-strips.ts';
import { createTip } from '../browser/tip.ts';
import { createLinks } from '../page-kit/links.ts';
import { asTyped, comparedName, inWords, isOfOther, kindOf, ownName } from './compare-names.ts';
import { comparisonTable } from './comparison-table.ts';
import { FACTOR } from './differ.ts';
import { fetchMain, placeOf, type SitePlace } from './fetch-main.ts';
import { nearLists, nearnessOf } from './nearness.ts';
import { factsOf } from './page-facts.ts';
import { unlikeSentence } from './unlike-sentence.ts';

const MOST_EXAMPLES = 5;

type Pair<T> = readonly [T, T];

interface Side {
  readonly name: string;
  readonly main: Element;
}

/** Fills the form from the address (`?a=f/5/123&b=f/3/7`), and draws what it names in place of what the page says without. */
export async function startCompare(root: HTMLElement): Promise<void> {
  const inputs = [...root.querySelectorAll('input')];
  const note = root.querySelector<HTMLElement>('.note');
  if (!note) return;
  const params = new URLSearchParams(location.search);
  const texts = ['a', 'b'].map((key) => params.get(key)?.trim() ?? '');
  const names = texts.map(comparedName);
  for (const [i, input] of inputs.entries()) {
    const name = names[i];
    input.value = name === undefined ? texts[i] : asTyped(name);
  }
  const wrong = texts.find((text, i) => text !== '' && names[i] === undefined);
  const [a, b] = names;
  note.textContent = `Two features, two heads or two SAEs: ${root.dataset.examples}.`;
  if (wrong !== undefined) note.textContent = `“${wrong}” names no feature, head or SAE.`;
  else if (a === undefined || b === undefined) inputs[a === undefined ? 0 : 1].focus();
  else if (kindOf(a) !== kindOf(b))
    note.textContent = await unlikeSentence([a, b], (name) => factsAt(name, placeIn(root)));
  else await compare(root, note, [a, b]);
}

function placeIn(root: HTMLElement): SitePlace {
  const { base = '/', packed, other } = root.dataset;
  return { base, isPacked: packed !== undefined, other };
}

/** Throws Error in one clear line where nothing is of that name. */
const factsAt = async (name: string, place: SitePlace) => factsOf(await fetchMain(name, place), ownName(name));

async function compare(root: HTMLElement, note: HTMLElement, names: Pair<string>): Promise<void> {
  const place = placeIn(root);
  note.textContent = 'Reading both pages…';
  try {
    const [a, b] = await Promise.all(names.map(async (name) => ({ name, main: await fetchMain(name, place) })));
    const drawn = draw([a, b], place);
    document.title = `${names.map(inWords).join(' and ')} · ${document.title}`;
    note.textContent = `≠ marks words that differ, and numbers of which one is ${FACTOR} times the other or more, or of another sign. In lists, what both have is marked.`;
    note.after(drawn);
    readStrips(root, createTip(), () => false);
  } catch (error) {
    note.textContent = `The comparison did not load: ${error instanceof Error ? error.message : error}.`;
  }
}

function draw(sides: Pair<Side>, place: SitePlace): Node {
  const [a, b] = sides.map(({ name, main }) => {
    return { title: inWords(name), href: addressOf(name, place), facts: factsOf(main, ownName(name)) };
  });
  const drawn = document.createDocumentFragment();
  const kind = kindOf(sides[0].name);
  // Cosines with features of another run are not on the pages of either.
  if (kind === 'f' && !sides.some(({ name }) => isOfOther(name))) drawn.append(directions(sides));
  drawn.append(comparisonTable(a, b));
  if (kind !== 's') drawn.append(examples(sides));
  else for (const section of matchesOf(sides)) drawn.append(section);
  return drawn;
}

function addressOf(name: string, place: SitePlace): string {
  const { base, isPacked } = placeOf(name, place);
  const [kind, sae, number] = ownName(name).split('/');
  const links = createLinks(base, { isPacked });
  if (kind === 's') return links.page('saes');
  return kind === 'f' ? links.feature(sae, Number(number)) : links.head(sae, Number(number));
}

function directions(sides: Pair<Side>): HTMLElement {
  const [a, b] = sides.map(({ name, main }) => ({ feature: name.slice(2), lists: nearLists(main) }));
  return element('p', { textContent: `Directions: ${nearnessOf(a, b)}.` });
}

/** What the page of SAEs says of the features that two of them have in common. */
function matchesOf([a, b]: Pair<Side>): Node[] {
  const [one, other] = [a, b].map(({ name }) => name.slice(2));
  const pairs = [...a.main.querySelectorAll<HTMLElement>('[data-saes]')];
  return pairs
    .filter(({ dataset }) => dataset.saes === `${one} ${other}` || dataset.saes === `${other} ${one}`)
    .map((section) => document.importNode(section, true));
}

/** The best examples of each, side by side where there is room. */
function examples(sides: Pair<Side>): HTMLElement {
  const both = element('div', { className: 'side-by-side' });
  for (const { name, main } of sides) {
    const own = element('section', {});
    const list = element('ol', { className: kindOf(name) === 'h' ? 'x seq' : 'x' });
    const items = [...main.querySelectorAll('.top > li, #sequences > .seq > li')].slice(0, MOST_EXAMPLES);
    for (const item of items) list.append(document.importNode(item, true));
    own.append(
      element('h2', {
        textContent: `${kindOf(name) === 'h' ? 'Where it writes most' : 'Top examples'}: ${inWords(name)}`,
      }),
      list,
    );
    both.append(own);
  }
  return both;
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}
