/** What of something that opens says which it is. */
export interface DetailsPlace {
  /** The name of its file, or its own id; '' where it has none. */
  readonly name: string;
  /** The key of the section it is in. */
  readonly section: string;
  /** What kind it is of: its class. */
  readonly kind: string;
}

/**
 * What the address calls each: its name, else its section and kind, counted where a section has several of a kind. A
 * table that comes to a page thus changes the key of no other; none is a number alone, which keys were before.
 */
export function detailsKeys(places: readonly DetailsPlace[]): string[] {
  const seen = new Map<string, number>();
  return places.map(({ name, section, kind }) => {
    const stem = name || [section || 'page', kind].filter(Boolean).join('-');
    const count = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, count);
    return count === 1 ? stem : `${stem}_${count}`;
  });
}
