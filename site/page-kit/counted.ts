import { count } from './format.ts';

/** Some of what a noun says, by its number: "1 node", "1,204 nodes". */
export const counted = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
