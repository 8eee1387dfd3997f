const LEAST_MS = 300;

/** Does what is asked for at once, then at most once in a while, so that what trickles in does not make a page flicker. */
export function paced(act: () => void, now: () => number = () => performance.now()): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < LEAST_MS) return;
    last = now();
    act();
  };
}
