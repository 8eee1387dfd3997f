import { placeNamed } from './place-named.ts';

/** A dialog that asks where to go; returns what opens it. `base` is the address of the site's folder, `examples` what may be typed. */
export function goTo(base: string, examples: string): () => void {
  let dialog: HTMLDialogElement | undefined;
  return () => {
    dialog ??= makeDialog(base, examples);
    dialog.showModal();
  };
}

function makeDialog(base: string, examples: string): HTMLDialogElement {
  const dialog = document.createElement('dialog');
  const form = document.createElement('form');
  const label = document.createElement('label');
  const input = document.createElement('input');
  const button = document.createElement('button');
  const note = document.createElement('p');
  dialog.className = 'goto-dialog';
  form.method = 'dialog';
  input.autocomplete = 'off';
  input.spellcheck = false;
  button.textContent = 'Go';
  note.className = 'note';
  note.role = 'status';
  label.append('Go to', input);
  form.append(label, button, note);
  dialog.append(form);
  dialog.addEventListener('close', () => {
    input.value = '';
    note.textContent = examples;
  });
  note.textContent = examples;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void follow(base, input.value, examples).then((fault) => {
      note.textContent = fault;
    });
  });
  document.body.append(dialog);
  return dialog;
}

/** Goes to what a text names, if there is such a page; else says that there is none. */
async function follow(base: string, text: string, examples: string): Promise<string> {
  const [, sae = ''] = /\/[fh]\/([^/]+)\/\d+(?:\.html)?$/.exec(location.pathname) ?? [];
  const place = placeNamed(text, { sae });
  if (place === undefined) return `Type ${examples}.`;
  const url = `${base}${place}.html`;
  const isThere = await fetch(url, { method: 'HEAD' })
    .then(({ ok }) => ok)
    .catch(() => true);
  if (!isThere) return `There is no ${place.startsWith('f') ? 'feature' : 'head'} ${text.trim()}.`;
  location.assign(url);
  return '';
}
