import { fetchFile } from '../fetch/fetch-file.ts';
import { copyText } from '../page-kit/copy-text.ts';
import { citation, embedCode, pageUrl } from './embed-code.ts';
import { headingOf, sectionKey } from './section-key.ts';

const sectionsOf = (root: HTMLElement): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('section')];

/** In an embedded page shows the sections that its address names, and tells the page around it how tall that is. */
export function startEmbed(root: HTMLElement): void {
  const { embed } = document.documentElement.dataset;
  if (embed === undefined) {
    sharePanel(root);
    return;
  }
  const wanted = new Set(embed.split(' '));
  for (const section of sectionsOf(root)) section.hidden = !wanted.has('all') && !wanted.has(sectionKey(section));
  document.documentElement.dataset.chosen = '';
  for (const link of root.querySelectorAll('a')) Object.assign(link, { target: '_blank', rel: 'noopener' });
  const tell = () => {
    const { height } = document.body.getBoundingClientRect();
    parent.postMessage({ type: 'attention-atlas:height', height: Math.ceil(height) }, '*');
  };
  new ResizeObserver(tell).observe(document.body);
}

/** Buttons that copy a citation and an embedded form of the page, with a choice of sections and theme. */
function sharePanel(root: HTMLElement): void {
  const heading = root.querySelector('header.title');
  if (!heading) return;
  const url = pageUrl(location);
  const panel = element('details', { className: 'share' });
  const sections = sectionsOf(root).map((section) => ({ section, box: checkbox(headingOf(section)) }));
  const theme = element('select', { ariaLabel: 'Theme of the embedded page' });
  theme.append(new Option('reader’s theme', ''), new Option('light'), new Option('dark'));
  const code = () => {
    const chosen = sections.filter(({ box }) => box.input.checked);
    const rest = sections.filter(({ box }) => !box.input.checked);
    const height = document.body.scrollHeight - rest.reduce((sum, { section }) => sum + section.offsetHeight, 0);
    const keys = rest.length === 0 ? 'all' : chosen.map(({ section }) => sectionKey(section));
    return embedCode({ url, title: document.title, sections: keys, theme: themeOf(theme.value), height });
  };
  const choice = element('fieldset', {});
  choice.append(element('legend', { textContent: 'Sections of the embedded page' }));
  for (const { box } of sections) choice.append(box.label);
  choice.append(theme);
  panel.append(element('summary', { textContent: 'Cite, embed, copy' }));
  for (const tool of jsonTools()) panel.append(tool);
  panel.append(
    copyButton('Copy citation', () => citation(document.title, url, new Date().getFullYear())),
    choice,
    copyButton('Copy embed code', code),
  );
  heading.append(panel);
}

/** What the page shows as data, where the site has it beside the page. */
function jsonTools(): HTMLElement[] {
  const href = document.querySelector<HTMLLinkElement>('link[rel=alternate][type="application/json"]')?.href;
  if (href === undefined) return [];
  const text = async () => (await fetchFile(href)).text();
  return [copyButton('Copy as JSON', text), element('a', { href, textContent: 'JSON' })];
}

const themeOf = (value: string) => (value === 'light' || value === 'dark' ? value : '');

function checkbox(name: string) {
  const input = element('input', { type: 'checkbox', checked: true });
  const label = element('label', {});
  label.append(input, name);
  return { input, label };
}

function copyButton(name: string, text: () => string | Promise<string>): HTMLButtonElement {
  const button = element('button', { type: 'button', textContent: name });
  button.addEventListener('click', async () => {
    button.textContent = (await copied(text)) ? 'Copied' : 'Could not copy';
    setTimeout(() => (button.textContent = name), 1500);
  });
  return button;
}

async function copied(text: () => string | Promise<string>): Promise<boolean> {
  try {
    return await copyText(await text());
  } catch {
    return false;
  }
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}
