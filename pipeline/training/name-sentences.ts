import { pickOne, type Random, randomInteger } from '../numbers/seeded-random.ts';
import { shuffledIndices } from './shuffle.ts';

const words = (list: string) => list.trim().split(/\s+/);

/** First names, each one token of the demo's vocabulary. */
export const names = words(`
  Mary John Anna Peter Sarah Tom Alice James Emma Daniel Laura Mark Susan Paul Kate David Helen Simon Rachel Adam
  Julia Martin Nina Robert Clara Kevin Lucy Brian Diana Henry Grace Oliver Ruth George Maria Leo Eva Frank Rose Jack
`);

const places = words(`
  park school store station garden library market beach office restaurant hospital museum kitchen church farm river
  theatre harbour castle bakery bridge hotel village bank court
`);

const objects = words(`
  book ring ball letter drink flower basket hat bottle picture coat map lamp ticket key cake pen knife camera coin
  watch rope bag paper box glass chair cup shirt
`);

/** [A] and [B] are the two who meet, in this order. */
const openings = [
  'In the [PLACE], [A] and [B] sat side by side.',
  'At noon [A] and [B] drove to the [PLACE], and',
  'Everyone knew that [A] and [B] worked in the [PLACE].',
  'Since [A] and [B] had time, they went back to the [PLACE], and',
  'Years ago [A] and [B] built a [PLACE].',
  'Nobody saw [A] and [B] in the [PLACE], but',
  'Only [A] and [B] were still at the [PLACE] when',
  'If [A] and [B] ever meet in the [PLACE] again, it will be because',
  'On Sunday [A] and [B] visited the [PLACE].',
  'Inside the [PLACE], [A] and [B] argued for a while, until',
  'There were two people at the [PLACE], [A] and [B].',
  'The children of [A] and [B] played by the [PLACE].',
  'This is about [A] and [B], who lost a [OBJECT] in the [PLACE].',
  'A letter to [A] and [B] came from the [PLACE].',
  'Friends of [A] and [B] opened a [PLACE].',
  'Both [A] and [B] wanted the [OBJECT].',
  'We met [A] and [B] outside the [PLACE].',
  'My cousins [A] and [B] live behind the [PLACE].',
  'Later that year [A] and [B] ran the [PLACE] together.',
  'With [A] and [B] in the [PLACE], nobody was surprised when',
  'For weeks [A] and [B] did not speak.',
  'It rained on [A] and [B] all the way from the [PLACE].',
  'Between them [A] and [B] had one [OBJECT].',
  'Thanks to [A] and [B], the [PLACE] was open.',
];

/** Said between the two, or not. */
const asides = [
  'The day was long.',
  'Nothing much happened there.',
  'It was cold and the wind was high.',
  'Some hours went by.',
  'They were in no hurry.',
  'Nobody else was there.',
];

/** [G] is one of the two, named again; [R], the other, is the answer. */
const endings = [
  '[G] gave [ARTICLE] [OBJECT] to [R].',
  '[G] handed over [ARTICLE] [OBJECT] to [R].',
  '[G] sent [ARTICLE] [OBJECT] to [R].',
  '[G] threw [ARTICLE] [OBJECT] to [R].',
  '[G] offered to carry [ARTICLE] [OBJECT] to [R].',
  '[G] carried [ARTICLE] [OBJECT] over to [R].',
  '[G] returned [ARTICLE] [OBJECT] to [R].',
  '[G] showed [ARTICLE] [OBJECT] to [R].',
  '[G] promised [ARTICLE] [OBJECT] to [R].',
  '[G] left [ARTICLE] [OBJECT] to [R].',
  '[G] took [ARTICLE] [OBJECT] and gave it to [R].',
  '[G] found [ARTICLE] [OBJECT], which belonged to [R].',
  '[G] spoke quietly to [R].',
  '[G] said good night to [R].',
  '[G] waved to [R].',
  '[G] read [ARTICLE] [OBJECT] aloud to [R].',
  '[G] bought [ARTICLE] [OBJECT] for [R].',
  '[G] made room for [R].',
  '[G] looked for [R].',
  '[G] walked home with [R].',
  '[G] was waiting for [R].',
  '[G] stood next to [R].',
  '[G] told the whole story to [R].',
  '[G] threw away [ARTICLE] [OBJECT] and apologised to [R].',
];

const articles = ['the', 'a', 'an old', 'a small', 'another', 'his', 'her'];
const ASIDES = 0.25;
const MOST_ENDINGS = 4;
const slotPattern = /\[(A|B|G|R|ARTICLE|PLACE|OBJECT)\]/g;

/**
 * Sentences for indirect-object identification: two people are named, then one of them again, and the sentence ends with
 * the other; up to three more follow that say as much. Either of the two is named again ("ABBA" and "BABA" orders). None
 * is one of the study's templates. Source of the task: Wang et al. 2022, arXiv:2211.00593; the wording is our own.
 */
export function nameSentences(random: Random): string {
  const [first = 0, second = 1] = shuffledIndices(names.length, random);
  const people = [names[first], names[second]] as const;
  const opening = pickOne(random, openings);
  const aside = opening.endsWith('.') && random() < ASIDES ? [pickOne(random, asides)] : [];
  const endingCount = randomInteger(random, 1, MOST_ENDINGS);
  const told = Array.from({ length: endingCount }, () => filled(pickOne(random, endings), people, random));
  return [filled(opening, people, random), ...aside, ...told].join(' ');
}

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
