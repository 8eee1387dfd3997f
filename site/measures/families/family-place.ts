import { families } from '../../../pipeline/measures/families/maths/family-names.ts';

/** A family's place in the order, and the number of its colour, everywhere: that of the families, others after them. */
export function familyPlace(family: string): number {
  const known: readonly string[] = families;
  const place = known.indexOf(family);
  return place < 0 ? known.length - 1 : place;
}
