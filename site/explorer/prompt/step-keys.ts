const STEPS: Readonly<Record<string, (i: number, last: number) => number>> = {
  ArrowLeft: (i) => i - 1,
  ArrowRight: (i) => i + 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** Where an arrow key leads from place i of 0…last; null where it leads nowhere, or is no such key. */
export function stepFor(event: KeyboardEvent, i: number, last: number): number | null {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return null;
  const next = step(i, last);
  return next >= 0 && next <= last && next !== i ? next : null;
}
