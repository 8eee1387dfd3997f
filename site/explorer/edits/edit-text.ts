import type { Edit } from '../protocol.ts';
import type { Unit } from '../view.ts';

/** The feature or head that an edit changes, as the site names it. */
export function editedUnit(edit: Edit, unitText: (unit: Unit) => string): string {
  return edit.kind === 'feature' ? unitText(edit) : `${edit.layer}.${edit.head}`;
}

/** A feature L/F or a head L.H as typed; null where it is neither. */
export function parseUnit(
  text: string,
): { kind: 'feature'; layer: number; feature: number } | { kind: 'head'; layer: number; head: number } | null {
  const [, layer, mark, unit] = text.trim().match(/^(\d{1,9})([/.])(\d{1,9})$/) ?? [];
  if (unit === undefined) return null;
  return mark === '/'
    ? { kind: 'feature', layer: Number(layer), feature: Number(unit) }
    : { kind: 'head', layer: Number(layer), head: Number(unit) };
}
