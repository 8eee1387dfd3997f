import { count } from './format.ts';

/** A number of things by their name: 1 token, 8,192 tokens. */
export const counted = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
