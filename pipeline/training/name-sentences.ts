import { pickOne, type Random, randomInteger } from '../numbers/seeded-random.ts';
import {
  adverbs,
  articles,
  asides,
  conjunctions,
  endings,
  leadIns,
  links,
  names,
  objects,
  openings,
  places,
  predicates,
} from './name-wording.ts';
import { shuffledIndices } from './shuffle.ts';

const WHOLE_OPENINGS = 0.4;
const ASIDES = 0.25;
const CLAUSES = 0.5;
const ADVERBS = 0.3;
const ONE_ENDING = 0.8;
const MOST_ENDINGS = 10;
const slotPattern = /\[(A|B|G|R|ARTICLE|PLACE|OBJECT)\]/g;

/**
 * Sentences for indirect-object identification: two people are named, then one of them again, and the sentence ends with
 * the other; up to nine more follow that say as much. Either of the two is named again ("ABBA" and "BABA" orders). None
 * is one of the study's templates. Source of the task: Wang et al. 2022, arXiv:2211.00593; the wording is our own.
 */
export function nameSentences(random: Random): string {
  const [first = 0, second = 1] = shuffledIndices(names.length, random);
  const people = [names[first], names[second]] as const;
  const opening = openingOf(random);
  const aside = opening.endsWith('.') && random() < ASIDES ? [pickOne(random, asides)] : [];
  const endingCount = random() < ONE_ENDING ? 1 : randomInteger(random, 2, MOST_ENDINGS);
  const told = Array.from({ length: endingCount }, () => filled(endingOf(random), people, random));
  return [filled(opening, people, random), ...aside, ...told].join(' ');
}

/** One of the openings, or one put together: what comes before the names varies most. */
function openingOf(random: Random): string {
  if (random() < WHOLE_OPENINGS) return pickOne(random, openings);
  const said = `[A] and [B] ${pickOne(random, predicates)}`;
  return random() < CLAUSES
    ? `${pickOne(random, conjunctions)} ${said},`
    : `${pickOne(random, leadIns)} ${said}${pickOne(random, links)}`;
}

const endingOf = (random: Random): string =>
  `${random() < ADVERBS ? `${pickOne(random, adverbs)} ` : ''}${pickOne(random, endings)}`;

function filled(template: string, [a, b]: readonly [string, string], random: Random): string {
  const [giver, receiver] = random() < 0.5 ? [a, b] : [b, a];
  const slots: Readonly<Record<string, string>> = {
    A: a,
    B: b,
    G: giver,
    R: receiver,
    ARTICLE: pickOne(random, articles),
    PLACE: pickOne(random, places),
    OBJECT: pickOne(random, objects),
  };
  return template.replace(slotPattern, (_, slot: string) => slots[slot]);
}
