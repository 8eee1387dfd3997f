import type { ExplorerView } from '../view.ts';
import { decodeView } from './decode-view.ts';
import { encodeView } from './encode-view.ts';
import type { EntryState } from './kept-prompts.ts';

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

/** `shorten` gives of a view what the address has room for. Prompts that it shortens are kept whole in the entry's state. */
export function createAddress(
  { history, location }: Browser,
  shorten: (view: ExplorerView) => ExplorerView = (view) => view,
): Address {
  let due: ExplorerView | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const entryOf = (view: ExplorerView) => {
    const short = shorten(view);
    const state: EntryState | null = short.prompts === view.prompts ? null : { prompts: view.prompts };
    const query = encodeView(short);
    return { state, query, url: query === '' ? location.pathname : `?${query}` };
  };
  const rewrite = (view: ExplorerView): void => {
    const { state, url } = entryOf(view);
    history.replaceState(state, '', url);
  };
  const forget = (): void => {
    clearTimeout(timer);
    due = undefined;
  };
  const flush = (): void => {
    if (due) rewrite(due);
    forget();
  };
  return {
    push(view) {
      flush();
      const { state, query, url } = entryOf(view);
      if (query !== encodeView(decodeView(location.search).view)) history.pushState(state, '', url);
      else rewrite(view);
    },
    replace(view) {
      due = view;
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    },
    forget,
  };
}
