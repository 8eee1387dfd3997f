/**
 * At most `most` of the items, evenly spread over all of them, whose number is not known before the end:
 * every n-th is kept, and whenever twice too many are, every other one of those goes.
 * Fewer than `most` come only where there are fewer; memory is that of 2·most items.
 */
export async function evenlySpread<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  let kept: T[] = [];
  let stride = 1;
  let index = 0;
  for await (const item of items) {
    if (index++ % stride !== 0) continue;
    kept.push(item);
    if (kept.length < 2 * most) continue;
    kept = kept.filter((_, i) => i % 2 === 0);
    stride *= 2;
  }
  return Array.from({ length: Math.min(most, kept.length) }, (_, i) => {
    return kept[Math.floor((i * kept.length) / Math.min(most, kept.length))];
  }).filter((item) => item !== undefined);
}
