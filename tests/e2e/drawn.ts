import type { Page } from 'playwright-core';

/**
 * Waits until a page has loaded and shows what its scripts draw: the search its rows with their names, or that there are
 * none, and the map its points. Other pages are whole once they have loaded.
 */
export async function drawn(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.waitForFunction(() => {
    const app = document.querySelector('#search[data-base], #map[data-base]');
    if (!app) return true;
    const status = app.querySelector('[role=status]')?.textContent ?? '';
    if (app.id === 'map') return /\d of \d/.test(status) && app.querySelector('.map-pick') !== null;
    return /No feature/.test(status) || app.querySelector('tbody tr .name') !== null;
  });
}
