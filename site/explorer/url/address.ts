import type { ExplorerState } from '../state.ts';
import { decodeState } from './decode-state.ts';
import { encodeState } from './encode-state.ts';

/** Browsers refuse addresses rewritten many times a second. */
const QUIET_MS = 400;

/** Keeps the page's address in step with its state. */
export interface Address {
  /** A step of its own, which the back button undoes. */
  push(state: ExplorerState): void;
  /** The same step, a little later. */
  replace(state: ExplorerState): void;
  /** What was to be written belongs to a step that the reader has left. */
  forget(): void;
}

interface Browser {
  readonly history: Pick<History, 'pushState' | 'replaceState'>;
  readonly location: Pick<Location, 'pathname' | 'search'>;
}

export function createAddress({ history, location }: Browser): Address {
  let due: ExplorerState | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const urlOf = (state: ExplorerState): string => {
    const query = encodeState(state);
    return query === '' ? location.pathname : `?${query}`;
  };
  const forget = (): void => {
    clearTimeout(timer);
    due = undefined;
  };
  const flush = (): void => {
    if (due) history.replaceState(null, '', urlOf(due));
    forget();
  };
  return {
    push(state) {
      flush();
      const current = encodeState(decodeState(location.search).state);
      if (encodeState(state) !== current) history.pushState(null, '', urlOf(state));
    },
    replace(state) {
      due = state;
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    },
    forget,
  };
}
