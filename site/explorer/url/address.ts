import type { ExplorerState } from '../state.ts';
import { encodeState } from './encode-state.ts';

/** Browsers refuse addresses rewritten many times a second. */
const QUIET_MS = 400;

/** Keeps the page's address in step with its state. */
export interface Address {
  /** A step of its own, which the back button undoes. */
  push(state: ExplorerState): void;
  /** The same step, a little later. */
  replace(state: ExplorerState): void;
}

export function createAddress({ history, location }: Pick<Window, 'history' | 'location'>): Address {
  let due: ExplorerState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const urlOf = (state: ExplorerState): string => {
    const query = encodeState(state);
    return query === '' ? location.pathname : `?${query}`;
  };
  const flush = (): void => {
    clearTimeout(timer);
    if (due) history.replaceState(null, '', urlOf(due));
    due = undefined;
  };
  return {
    push(state) {
      flush();
      const url = urlOf(state);
      if (url !== location.search) history.pushState(null, '', url);
    },
    replace(state) {
      due = state;
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    },
  };
}
