import type { ExplorerView } from '../view.ts';

/** A sentence on each position of a view that a prompt of so many tokens does not have, and that `fitPrompt` leaves out. */
export function pastPrompt({ position, edits, target }: ExplorerView, length: number): string[] {
  const { trail, source, edge, logit } = target;
  const places = [
    position,
    ...[...edits, ...trail].map((each) => each.position),
    source,
    edge?.destination,
    logit?.position,
  ];
  const lost = new Set(places.filter((place) => typeof place === 'number' && place >= length));
  return [...lost].map((place) => `The prompt of ${length} tokens has no position ${place}: left out.`);
}
