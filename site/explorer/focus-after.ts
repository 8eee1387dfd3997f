import { tick } from 'svelte';

/** Makes a change that may take away what has the focus, and gives that to what is there once the change is drawn. */
export async function focusAfter(change: () => void, next: () => HTMLElement | null | undefined): Promise<void> {
  change();
  await tick();
  next()?.focus();
}
