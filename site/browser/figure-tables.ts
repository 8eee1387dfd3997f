import { saveFile } from '../page-kit/save-file.ts';

/** Below each table of a figure, a button that saves it as CSV; those that are made later are made when they are opened. */
export function figureTables(root: HTMLElement): void {
  for (const details of root.querySelectorAll<HTMLDetailsElement>('details[data-file]')) {
    if ('later' in details.dataset) details.addEventListener('toggle', () => makeTable(details), { once: true });
    else details.append(csvButton(details));
  }
}

async function makeTable(details: HTMLDetailsElement): Promise<void> {
  const { tableOfFigure } = await import('./table-of-figure.ts'); // in a file of its own: few readers open it
  const made = new DOMParser().parseFromString(tableOfFigure(details).text, 'text/html').querySelector('.scroll');
  if (made) details.append(made, csvButton(details));
}

/** A table that the browser made is one of many pages': its file is named after the page's too, `feature-5-123-activations`. */
function fileOf({ dataset }: HTMLElement): string {
  const page = document.querySelector('h1')?.textContent ?? '';
  return [...('later' in dataset ? (page.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) : []), dataset.file].join('-');
}

function csvButton(details: HTMLDetailsElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'csv';
  button.textContent = 'Download CSV';
  button.addEventListener('click', () => {
    const lines = Array.from(details.querySelectorAll<HTMLElement>('[data-v]'), ({ dataset }) => `${dataset.v}\r\n`);
    saveFile(`${fileOf(details)}.csv`, 'text/csv;charset=utf-8', lines.join(''));
  });
  return button;
}
