import type { ExplorerView } from '../view.ts';
import { decodeView } from './decode-view.ts';
import { encodeView } from './encode-view.ts';

/** Browsers refuse addresses rewritten many times a second. */
const QUIET_MS = 400;

/** Keeps the page's address in step with its view. */
export interface Address {
  /** A step of its own, which the back button undoes. */
  push(view: ExplorerView): void;
  /** The same step, a little later. */
  replace(view: ExplorerView): void;
  /** What was to be written belongs to a step that the reader has left. */
  forget(): void;
}

interface Browser {
  readonly history: Pick<History, 'pushState' | 'replaceState'>;
  readonly location: Pick<Location, 'pathname' | 'search'>;
}

export function createAddress({ history, location }: Browser): Address {
  let due: ExplorerView | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const urlOf = (view: ExplorerView): string => {
    const query = encodeView(view);
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
    push(view) {
      flush();
      const current = encodeView(decodeView(location.search).view);
      if (encodeView(view) !== current) history.pushState(null, '', urlOf(view));
    },
    replace(view) {
      due = view;
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    },
    forget,
  };
}
