import { mount } from 'svelte';
import { createLinks } from '../page-kit/links.ts';
import { connect } from './connect.ts';
import Explorer from './Explorer.svelte';

/** Puts the explorer in place of what the page says without it. */
export function startExplorer(target: HTMLElement): void {
  const links = createLinks(target.dataset.base ?? '/', { isPacked: 'packed' in target.dataset });
  const contexts = Number(target.dataset.contexts);
  const examples = JSON.parse(target.dataset.examples ?? '[]');
  target.replaceChildren();
  const site = new URL(links.page(''), location.href).href;
  mount(Explorer, { target, props: { session: connect(), links, site, contexts, examples } });
}
