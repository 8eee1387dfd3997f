/** The positions of a story, as a reader would call them. */
export const sourceNames: Readonly<Record<string, string | undefined>> = {
  BOS: 'start',
  IO: 'receiver',
  S1: 'giver, first',
  and: '“and”',
  'after S1': 'after giver',
  S2: 'giver, again',
  other: 'elsewhere',
};
