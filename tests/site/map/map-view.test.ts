import { describe, expect, it } from 'vitest';
import { defaultView, formatView, type MapView, parseView, within, zoomed } from '../../../site/map/map-view.ts';

const read = (view: MapView) => parseView(new URLSearchParams(formatView(view)));

describe('a view of the map', () => {
  it.each<Partial<MapView>>([
    {},
    { colour: 'layer' },
    { colour: 'density', isOwn: true },
    { x: 0.25, y: 0.75, zoom: 8 },
    { marked: '5-16k/123' },
    { x: 0, y: 1, zoom: 1.5, colour: 'layer' },
  ])('comes back from the address: %o', (part) => {
    const view = { ...defaultView, ...part };
    expect(read(view)).toEqual(view);
  });

  it('has no parameters where nothing was changed', () => {
    expect(formatView(defaultView)).toEqual([]);
  });

  it('keeps a place to less than a pixel of what is seen at any zoom', () => {
    const view = { ...defaultView, x: 1 / 3, y: 2 / 7, zoom: 64 };
    const again = read(view);
    expect(Math.abs(again.x - view.x) * 1000 * view.zoom).toBeLessThan(0.5);
    expect(Math.abs(again.y - view.y) * 1000 * view.zoom).toBeLessThan(0.5);
  });

  it.each(['at=1,2', 'at=a,b,c', 'at=,,', 'at=NaN,1,1', 'colour=blue', 'own=yes'])('falls back from %s', (text) => {
    expect(parseView(new URLSearchParams(text))).toEqual(defaultView);
  });

  it('stays on the map, and between the whole and the greatest zoom', () => {
    expect(parseView(new URLSearchParams('at=-5,7,1e9'))).toEqual({ ...defaultView, x: 0, y: 1, zoom: 64 });
    expect(within({ x: 0.5, y: 0.5, zoom: 0.1 }).zoom).toBe(1);
  });

  it('zooms about a place that stays where it is seen', () => {
    const about = { x: 0.7, y: 0.4 };
    const [before, after] = [{ x: 0.5, y: 0.5, zoom: 2 }, zoomed({ x: 0.5, y: 0.5, zoom: 2 }, 3, about)];
    expect(after.zoom).toBe(6);
    expect((about.x - after.x) * after.zoom).toBeCloseTo((about.x - before.x) * before.zoom, 12);
    expect((about.y - after.y) * after.zoom).toBeCloseTo((about.y - before.y) * before.zoom, 12);
  });
});
