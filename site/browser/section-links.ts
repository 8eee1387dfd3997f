import { copyText } from '../page-kit/copy-text.ts';

/** Beside the heading of every section that has an address of its own: a button that copies it. */
export function sectionLinks(root: HTMLElement): void {
  for (const heading of root.querySelectorAll<HTMLElement>('section :is(h2, h3)')) {
    const section = heading.closest('section');
    const id = heading.id || (section?.querySelector('h2, h3') === heading ? section.id : '');
    if (id !== '') putBeside(heading, copyButton(id, heading.textContent.trim()));
  }
}

/** In a line with the heading and not in it: what is in a heading is part of its name. */
function putBeside(heading: HTMLElement, button: HTMLButtonElement): void {
  const line = document.createElement('div');
  line.className = 'titled';
  heading.replaceWith(line);
  line.append(heading, button);
}

function copyButton(id: string, name: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy-link';
  button.ariaLabel = `Copy link to ${name}`;
  button.title = 'Copy link';
  button.textContent = '#';
  button.addEventListener('click', () => {
    const url = new URL(location.href);
    url.hash = id;
    location.replace(url);
    void copyText(url.href).then((done) => {
      button.textContent = done ? 'copied' : '#';
      setTimeout(() => (button.textContent = '#'), 1500);
    });
  });
  return button;
}
