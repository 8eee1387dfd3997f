const MARGIN = 8;

/** The single readout of a page: shown near its subject, and announced by screen readers. */
export interface Tip {
  show(target: Element, parts: readonly (string | Node)[]): void;
  hide(): void;
}

export function createTip(): Tip {
  const box = document.createElement('div');
  box.className = 'tip';
  box.hidden = true;
  box.setAttribute('role', 'status');
  document.body.append(box);
  let subject: Element | undefined;
  const follow = (): void => {
    if (subject) place(box, subject.getClientRects().item(0) ?? subject.getBoundingClientRect());
  };
  // A focus that scrolls its token into view must not lose the readout.
  document.addEventListener('scroll', follow, { passive: true });
  return {
    show(target, parts) {
      subject = target;
      box.replaceChildren();
      for (const part of parts) box.append(part);
      box.hidden = false;
      follow();
    },
    hide() {
      subject = undefined;
      box.hidden = true;
    },
  };
}

function place(box: HTMLElement, target: DOMRect): void {
  // Measured at the left edge, where nothing narrows it.
  box.style.left = '0';
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(Math.max(MARGIN, target.left), document.documentElement.clientWidth - width - MARGIN);
  const above = target.top - height - MARGIN;
  box.style.left = `${left}px`;
  box.style.top = `${above > 0 ? above : target.bottom + MARGIN}px`;
}

/** A token as the readout names it. */
export function named(text: string): HTMLElement {
  const code = document.createElement('code');
  code.textContent = text;
  return code;
}
