/** A list of neighbours on a feature's page, nearest first. */
export interface NearList {
  /** `By cosine of decoders, in this SAE` */
  readonly name: string;
  readonly items: readonly { readonly feature: string; readonly value: string }[];
}

const textOf = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

/** The lists of a page; none where the run did not look, or the feature is dead. */
export function nearLists(main: Element): NearList[] {
  return [...main.querySelectorAll('#neighbours .near')].map((list) => ({
    name: textOf(list.previousElementSibling),
    items: [...list.querySelectorAll('li')].map((item) => ({
      feature: textOf(item.querySelector('a')),
      value: textOf(item.querySelector('b')),
    })),
  }));
}

interface Side {
  /** `5/123` */
  readonly feature: string;
  readonly lists: readonly NearList[];
}

/** How near two features are by what the lists of either say, in a sentence. */
export function nearnessOf(a: Side, b: Side): string {
  if (a.feature === b.feature) return 'both are the same feature';
  if (a.lists.length === 0 || b.lists.length === 0) return 'not known: the run has no neighbours of one of them';
  const said = new Set([...saidOf(a, b), ...saidOf(b, a)]);
  if (said.size > 0) return [...said].join('; ');
  const least = bound(a, b);
  const none = 'neither is among the nearest of the other';
  return least === undefined ? none : `${none}, so the cosine of their decoders is at most about ${least}`;
}

const saidOf = ({ lists }: Side, { feature }: Side): string[] =>
  lists.flatMap(({ name, items }) => {
    const found = items.find((item) => item.feature === feature);
    return found ? [`${name.replace(/^B/, 'b')}, ${found.value}`] : [];
  });

/** Of two features of one SAE: the least cosine that a whole list of the nearest of either names. */
function bound(a: Side, b: Side): string | undefined {
  const saeOf = ({ feature }: Side) => feature.split('/').at(0);
  if (saeOf(a) !== saeOf(b)) return undefined;
  const lasts = [a, b].flatMap(({ lists }) => {
    const own = lists.find(({ name }) => name === 'By cosine of decoders, in this SAE');
    return own?.items.at(-1)?.value ?? [];
  });
  return lasts.sort((x, y) => Number(x) - Number(y)).at(0);
}
