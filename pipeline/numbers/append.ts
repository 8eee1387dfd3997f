/** Adds any number of items to the end of a list. list.push(...items) overflows the stack at about 120,000. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
