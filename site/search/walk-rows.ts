const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Arrow keys move the focus from one row's link to the next. */
export function walkRows(body: HTMLElement): void {
  body.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const links = [...body.querySelectorAll<HTMLElement>('th a')];
    const here = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
    const next = links[here + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
