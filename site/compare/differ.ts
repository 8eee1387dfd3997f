/** Numbers differ where one is at least so many times the other, or of another sign. */
export const FACTOR = 1.5;

/** A number as pages print it: 8,192, 94, −0.5, 2.1e−5. */
const NUMBER = /[+−]?\d[\d,]*(?:\.\d+)?(?:e−?\d+)?/g;

/** Whether two printed values are told apart: by FACTOR where only their numbers are not the same, else by their words. */
export function differ(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a !== b;
  if (a.replaceAll(NUMBER, '#') !== b.replaceAll(NUMBER, '#')) return true;
  const [own, other] = [a, b].map((text) => (text.match(NUMBER) ?? []).map(numberOf));
  return own.some((value, i) => areFar(value, other[i]));
}

const numberOf = (printed: string): number => Number(printed.replaceAll('−', '-').replaceAll(',', ''));

function areFar(x: number, y: number): boolean {
  if (x === y) return false;
  const [small, large] = [Math.abs(x), Math.abs(y)].sort((a, b) => a - b);
  return Math.sign(x) !== Math.sign(y) || large >= FACTOR * small;
}
