const PAUSE_MS = 120;

/**
 * Keeps where the reader is in the history's entry, since results come after the browser would go back to its place:
 * `restore` goes there once, when they are there.
 */
export function keepScroll() {
  let wanted = scrollOf(history.state);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    keep(): void {
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState({ ...history.state, scroll: scrollY }, ''), PAUSE_MS);
    },
    /** After a step of the history. */
    recall(): void {
      wanted = scrollOf(history.state);
    },
    restore(): void {
      if (wanted !== undefined) scrollTo({ top: wanted, behavior: 'instant' });
      wanted = undefined;
    },
  };
}

const scrollOf = (state: unknown): number | undefined =>
  typeof state === 'object' && state !== null && 'scroll' in state && typeof state.scroll === 'number'
    ? state.scroll
    : undefined;
