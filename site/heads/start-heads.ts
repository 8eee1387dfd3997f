import { mount } from 'svelte';
import HeadTools from './HeadTools.svelte';

/** Puts filters and a scatter plot above the table of scores. */
export function startHeads(target: HTMLElement, table: HTMLTableElement): void {
  mount(HeadTools, { target, props: { table } });
}
