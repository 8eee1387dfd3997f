import type { Edit } from '../protocol.ts';

/** Whether two edits change the same thing at the same place. */
export function isSamePlace(a: Edit, b: Edit): boolean {
  return a.kind === b.kind && a.layer === b.layer && unitOf(a) === unitOf(b) && a.position === b.position;
}

const unitOf = (edit: Edit): number => (edit.kind === 'feature' ? edit.feature : edit.head);

/** The edits with another, which takes the place of what was done there before. */
export function addEdit(edits: readonly Edit[], edit: Edit): readonly Edit[] {
  return [...edits.filter((other) => !isSamePlace(other, edit)), edit];
}

/** The edits without what is done there, or with it where nothing is. */
export function toggleEdit(edits: readonly Edit[], edit: Edit): readonly Edit[] {
  const others = edits.filter((other) => !isSamePlace(other, edit));
  return others.length < edits.length ? others : [...edits, edit];
}
