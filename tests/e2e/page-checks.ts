import type { Page } from 'playwright-core';

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What the element with the focus says, on one line. */
export function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => (document.activeElement?.textContent ?? '').replace(/\s+/g, ' ').trim());
}

/** Elements that a strict policy would have to refuse. */
export function inlineCode(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('style, script:not([src]), [style]:not(.tip), [onclick], [onload]')].map(
      (element) => element.outerHTML,
    ),
  );
}

/** Texts whose contrast with what lies behind them is under WCAG AA: 4.5, or 3 for large letters. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // Paints a colour on a canvas to read it back as sRGB, whatever notation the style gives it in.
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const seen = new Map<string, number[]>();
    const channels = (color: string): number[] => {
      const known = seen.get(color);
      if (known || !canvas) return known ?? [0, 0, 0, 0];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const made = [...canvas.getImageData(0, 0, 1, 1).data];
      seen.set(color, made);
      return made;
    };
    const luminance = (color: string): number => {
      const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): string => {
      if (!element) return 'white';
      const color = getComputedStyle(element).backgroundColor;
      return channels(color)[3] === 255 ? color : behind(element.parentElement);
    };
    const isFaint = (element: Element): boolean => {
      const style = getComputedStyle(element);
      const [dark = 0, light = 0] = [luminance(style.color), luminance(behind(element))].sort((a, b) => a - b);
      const large = Number.parseFloat(style.fontSize) >= 24;
      return (light + 0.05) / (dark + 0.05) < (large ? 3 : 4.5);
    };
    const withText = [...document.querySelectorAll('body *')].filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
    );
    return withText
      .filter((element) => !element.closest('svg, [hidden], :disabled, .visually-hidden') && isFaint(element))
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

/** What scrolls on its own and cannot be reached by a keyboard. */
export function unreachable(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *')]
      .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowX))
      .filter((element) => element.scrollWidth > element.clientWidth && element.checkVisibility())
      .filter((element) => element.tabIndex < 0 && element.querySelector('a, button, [tabindex]') === null)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

/** Links, buttons and fields that are drawn smaller than a finger needs (24 px, WCAG 2.2), by what they say. */
export function smallTargets(page: Page, within: string): Promise<string[]> {
  return page.evaluate((selector) => {
    const targets = [...document.querySelectorAll<HTMLElement>(`${selector} :is(a, button, select, summary)`)];
    return targets
      .filter((target) => target.checkVisibility())
      .map((target) => ({ text: target.textContent.trim(), box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ text, box }) => `${text}: ${box.width} × ${box.height}`);
  }, within);
}

/** Notes what moves by itself as a page comes; to be called before it is opened. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: ShiftEntry[] = [];
    interface ShiftEntry extends PerformanceEntry {
      readonly value: number;
      readonly hadRecentInput: boolean;
    }
    const note = (list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries() as ShiftEntry[]) if (!entry.hadRecentInput) seen.push(entry);
    };
    new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
    Object.assign(window, { layoutShift: () => seen.reduce((sum, { value }) => sum + value, 0) });
  });
}

/** The cumulative layout shift of a page that is watched. */
export const layoutShift = (page: Page): Promise<number> => page.evaluate<number>('layoutShift()');
