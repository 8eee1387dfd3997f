import { UserError } from '../../../../errors/user-error.ts';
import { greatest } from '../../../../numbers/extremes.ts';
import { hash } from '../../../../numbers/hash.ts';
import * as wording from './wording.ts';

/** ABBA: the receiver is said first. BABA: the giver is. */
export const orders = ['ABBA', 'BABA'] as const;
export type Order = (typeof orders)[number];

/** Where in a prompt, counted from the beginning-of-sequence token at 0. */
export interface Places {
  /** The receiver, the right answer. */
  readonly io: number;
  /** The giver, said first, and the token after it. */
  readonly s1: number;
  readonly afterS1: number;
  /** The giver, said again. */
  readonly s2: number;
  /** The last token, where the answer is due. */
  readonly end: number;
  /** The word between the two names. */
  readonly conjunction: number;
}

export interface Prompt {
  readonly template: number;
  /** Of its template's. */
  readonly scene: number;
  readonly order: Order;
  readonly text: string;
  readonly tokens: Int32Array;
  readonly places: Places;
  /** Token of the receiver's name, and of the giver's. */
  readonly io: number;
  readonly s: number;
  readonly cast: Cast;
}

/** How a prompt is told: as it is, or with one thing changed. */
export const variants = ['clean', 'unrelated giver', 'other names', 'shifted', 'conjunction', 'order'] as const;
export type Variant = (typeof variants)[number];

/** One scene, told in one order and in each variant; positions but for those of `shifted` are the same throughout. */
export type Telling = Readonly<Record<Variant, Prompt>>;

export interface Dataset {
  /** By template, scene and order: a scene's ABBA stands before its BABA. */
  readonly tellings: readonly Telling[];
  /** Templates told, by their number in the wording. */
  readonly templates: readonly number[];
  /** Names of one token in this vocabulary. */
  readonly names: readonly string[];
  /** What stands for the conjunction in the variant of that name. */
  readonly substitute: string;
  /** Tokens of the longest prompt. */
  readonly length: number;
}

export interface DatasetOptions {
  /** A text that goes on from another has no space put in front, where a tokenizer puts one before a text. */
  encode(text: string, goesOn?: boolean): ArrayLike<number>;
  readonly bosTokenId: number;
  readonly nContext: number;
  /** Scenes a template, each told in both orders. */
  readonly scenes: number;
  readonly seed: number;
}

/** Two who meet, another two, and one who is not there. */
const namesPerScene = 5;
/** Names from which scenes differ enough to be counted. */
const leastNames = 8;

/**
 * Tells each template's scenes, names and things drawn by a seeded hash. A name is used where it and the space before it
 * are one token; a template is left out where the model has no room for it. Throws UserError where the vocabulary has too
 * few such names or no word to stand for "and", or where no template fits.
 */
export function makeDataset(options: DatasetOptions): Dataset {
  const isSingle = (word: string) => options.encode(` ${word}`, true).length === 1;
  const names = wording.names.filter(isSingle);
  const substitute = wording.substitutes.find(isSingle);
  checkVocabulary(names, isSingle(wording.conjunction) ? substitute : undefined);
  const teller = { ...options, names, substitute: substitute ?? '' };
  const told = wording.templates.map((_, template) => tellTemplate(teller, template));
  const tellings = told.flat();
  if (tellings.length === 0) {
    throw new UserError(
      `no room for indirect-object identification: no template fits the model's ${options.nContext} positions`,
    );
  }
  return {
    tellings,
    templates: [...told.keys()].filter((template) => told[template].length > 0),
    names,
    substitute: teller.substitute,
    length: greatest(tellings.flatMap((telling) => variants.map((variant) => telling[variant].tokens.length))),
  };
}

function checkVocabulary(names: readonly string[], substitute: string | undefined): void {
  if (names.length < leastNames) {
    throw new UserError(
      `too few names for indirect-object identification: ${names.length} of ${wording.names.length} are one token of this vocabulary, expected at least ${leastNames}`,
    );
  }
  if (substitute === undefined) {
    throw new UserError(
      `no word for indirect-object identification: expected "${wording.conjunction}" and one of ${wording.substitutes.join(', ')} to be one token each`,
    );
  }
}

interface Teller extends DatasetOptions {
  readonly names: readonly string[];
  readonly substitute: string;
}

/** All of a template's tellings, or none where one of them does not fit. */
function tellTemplate(teller: Teller, template: number): Telling[] {
  const tellings: Telling[] = [];
  for (let scene = 0; scene < teller.scenes; scene++) {
    for (const order of orders) {
      const telling = tellScene(teller, { template, scene, order });
      if (!telling) return [];
      tellings.push(telling);
    }
  }
  return tellings;
}

interface Scene {
  readonly template: number;
  readonly scene: number;
  readonly order: Order;
}

/** Who is who, by name; `giver` is s unless someone unrelated gives. */
interface Cast {
  readonly io: string;
  readonly s: string;
  readonly giver: string;
}

function tellScene(teller: Teller, { template, scene, order }: Scene): Telling | undefined {
  const { seed, names, substitute } = teller;
  const [io = '', s = '', otherIo = '', otherS = '', third = ''] = drawn(names, namesPerScene, [seed, template, scene]);
  const [place = ''] = drawn(wording.places, 1, [seed, template, scene, 1]);
  const [object = ''] = drawn(wording.objects, 1, [seed, template, scene, 2]);
  const cast = { io, s, giver: s };
  const told: Told = {
    template,
    scene,
    order,
    cast,
    things: { PLACE: place, OBJECT: object },
    word: wording.conjunction,
  };
  const prompts: Record<Variant, Prompt | undefined> = {
    clean: tell(teller, told),
    'unrelated giver': tell(teller, { ...told, cast: { ...cast, giver: third } }),
    'other names': tell(teller, { ...told, cast: { io: otherIo, s: otherS, giver: otherS } }),
    shifted: tell(teller, { ...told, opening: `${wording.neutralSentence} ` }),
    conjunction: tell(teller, { ...told, word: substitute }),
    order: tell(teller, { ...told, order: order === 'ABBA' ? 'BABA' : 'ABBA' }),
  };
  return isWhole(prompts) ? prompts : undefined;
}

const isWhole = (prompts: Record<Variant, Prompt | undefined>): prompts is Record<Variant, Prompt> =>
  variants.every((variant) => prompts[variant] !== undefined);

/** Some of a list's items, no two the same, by least hash. */
function drawn(items: readonly string[], count: number, seeds: readonly [number, ...number[]]): string[] {
  const [seed, ...rest] = seeds;
  // biome-ignore lint/plugin: a few seeds
  const keys = new Map(items.map((item, i) => [item, hash(seed, ...rest, i)]));
  return items.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0)).slice(0, count);
}

interface Told {
  readonly template: number;
  readonly scene: number;
  readonly order: Order;
  readonly cast: Cast;
  readonly things: Readonly<Record<'PLACE' | 'OBJECT', string>>;
  readonly word: string;
  readonly opening?: string;
}

function tell(teller: Teller, { template, scene, order, cast, things, word, opening = '' }: Told): Prompt | undefined {
  const { io, s, giver } = cast;
  const [first, second] = order === 'ABBA' ? [io, s] : [s, io];
  const slots: Readonly<Record<string, string>> = { ...things, FIRST: first, SECOND: second, GIVER: giver };
  const wanted = wording.templates[template].replace(`] ${wording.conjunction} [`, `] ${word} [`);
  const text = opening + wanted.replace(wording.slotPattern, (_, slot: string) => slots[slot]);
  const tokens = Int32Array.from([teller.bosTokenId, ...Array.from(teller.encode(text))]);
  const id = (name: string) => Array.from(teller.encode(` ${name}`, true)).at(0) ?? -1;
  const found = placesOf(tokens, order, { first: id(first), word: id(word), second: id(second), giver: id(giver) });
  if (!found || tokens.length > teller.nContext) return undefined;
  return { template, scene, order, text, tokens, places: found, io: id(io), s: id(s), cast };
}

interface Sought {
  readonly first: number;
  readonly word: number;
  readonly second: number;
  readonly giver: number;
}

/** Places by the tokens themselves, so that no tokenizer can move them unseen. */
function placesOf(tokens: Int32Array, order: Order, { first, word, second, giver }: Sought): Places | undefined {
  const at = tokens.findIndex((token, i) => token === first && tokens[i + 1] === word && tokens[i + 2] === second);
  const s2 = tokens.lastIndexOf(giver);
  if (at < 0 || s2 <= at + 2) return undefined;
  const s1 = order === 'ABBA' ? at + 2 : at;
  const io = order === 'ABBA' ? at : at + 2;
  return { io, s1, afterS1: s1 + 1, s2, end: tokens.length - 1, conjunction: at + 1 };
}
