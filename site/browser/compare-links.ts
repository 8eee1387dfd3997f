/** Behind each neighbour of a feature a link that compares the two. */
export function compareLinks(root: HTMLElement): void {
  const own = root.querySelector<HTMLAnchorElement>('.crumbs .compare');
  if (!own) return;
  for (const near of root.querySelectorAll('.near li')) {
    const name = near.querySelector('a')?.textContent ?? '';
    const link = document.createElement('a');
    link.className = 'to-compare';
    link.href = `${own.href}&b=f/${name}`;
    link.textContent = 'compare';
    link.ariaLabel = `Compare with ${name}`;
    near.append(link);
  }
}
