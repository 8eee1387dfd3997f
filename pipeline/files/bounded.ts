/** What `effect` gives for each item, in order, with at most `most` of them under way at once. */
export async function mapBounded<T, R>(
  items: readonly T[],
  most: number,
  effect: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  async function work(): Promise<void> {
    for (const [i, item] of queue) results[i] = await effect(item);
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return results;
}
