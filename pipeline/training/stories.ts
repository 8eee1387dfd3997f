import { pickOne, type Random } from '../numbers/seeded-random.ts';

export const names = (
  'Mary John Anna Peter Sarah Tom Alice James Emma Daniel Laura Mark Susan Paul Kate David Helen Simon Rachel Adam ' +
  'Julia Martin Nina Robert Clara Kevin Lucy Brian Diana Henry Grace Oliver Ruth George Maria Leo Eva Frank Rose Jack'
).split(' ');

export const places = (
  'park school store station garden library market beach office restaurant hospital museum kitchen church farm ' +
  'river theatre harbour castle bakery'
).split(' ');

export const objects =
  'book ring ball letter drink flower basket hat bottle picture coat map lamp ticket key cake pen knife camera coin'.split(
    ' ',
  );

/** A and B: the two who meet; G, the one who gives; R, who receives: the story's answer. */
const openings = [
  'When A and B went to the PLACE,',
  'After A and B came back from the PLACE,',
  'While A and B were waiting at the PLACE,',
  'Then, A and B had a long day at the PLACE.',
  'A and B met again near the PLACE.',
  'Last week A and B walked to the PLACE, and',
  'Because A and B both liked the PLACE, they stayed until night, and',
  'As A and B were leaving the PLACE,',
];

const endings = [
  'G gave a OBJECT to R.',
  'G handed the OBJECT to R.',
  'G decided to give a OBJECT to R.',
  'G offered an old OBJECT to R.',
  'G passed a small OBJECT to R.',
  'G wanted to show the OBJECT to R.',
  'G bought a OBJECT and brought it to R.',
];

/**
 * A story for indirect-object identification: two people, one gives the other something, so that the last name is
 * the one of the two that was not said again. Either of the two gives ("ABBA" and "BABA" orders).
 * Source of the task: Wang et al. 2022, arXiv:2211.00593; the wording is our own.
 */
export function tellStory(random: Random): string {
  const first = pickOne(random, names);
  const second = pickOne(
    random,
    names.filter((name) => name !== first),
  );
  const [giver, receiver] = random() < 0.5 ? [first, second] : [second, first];
  const words: Record<string, string> = {
    A: first,
    B: second,
    G: giver,
    R: receiver,
    PLACE: pickOne(random, places),
    OBJECT: pickOne(random, objects),
  };
  const text = `${pickOne(random, openings)} ${pickOne(random, endings)}`;
  return text.replace(/\b(A(?= and B)|B|G|R|PLACE|OBJECT)\b/g, (slot) => words[slot] ?? slot);
}
