/** How a model made by hand is varied. */
export interface PlantedOptions {
  readonly seed: number;
  /** Tokens of each of the three topics. */
  readonly topicSize: number;
  /** Tokens of a context, BOS included. */
  readonly length: number;
  readonly contexts: number;
  /** How sharply heads attend; 1 leaves next to nothing to other sources. */
  readonly strength: number;
  /** Length of the random vector added to what each stream dimension is to a head's query, key or value, where 1 is planted. */
  readonly noise: number;
  /** Length of the random vector added to each encoder and decoder direction, whose entries are 1 where they read. */
  readonly saeNoise: number;
  /** Heads of random weights in each layer, beside those made by hand. */
  readonly distractors: number;
}

/** Heads made by hand, by layer. */
export const plantedHeads = {
  previous: [0, 0],
  spread: [0, 1],
  itself: [0, 2],
  landmark: [0, 3],
  fiveBack: [0, 4],
  twelveBack: [0, 5],
  induction: [1, 0],
  duplicate: [1, 1],
  place: [1, 2],
  names: [1, 3],
  successor: [1, 4],
  digits: [1, 5],
} as const;

const ownHeads = 6;
const rare = 4;
/** Single characters of no ordered series. */
const symbols = [...'!"#$%&()*+,-./:;<=>?@[]^_{|}~'];

export const each = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * The tokens and the stream of a model made by hand: one-hot token, one-hot position, one-hot previous token. A head is as
 * wide as a token and a position together, and one more that draws attention when nothing else does.
 */
export function plantedLayout({ topicSize, length, distractors }: PlantedOptions) {
  const topics = each(3).map((topic) => each(topicSize).map((i) => topic * topicSize + i));
  const ordinary = 3 * topicSize;
  const landmarks = each(rare).map((i) => ordinary + i);
  const names = each(rare).map((i) => ordinary + rare + i);
  const digits = each(10).map((i) => ordinary + 2 * rare + i);
  const bos = ordinary + 2 * rare + digits.length;
  const vocabSize = bos + 1;
  const nHeads = ownHeads + distractors;
  const dHead = vocabSize + length + 1;
  const texts = [...symbols.slice(0, ordinary + 2 * rare), ...digits.map((_, i) => String(i)), '<|endoftext|>'];
  if (texts.length !== vocabSize) throw new RangeError(`invalid topicSize: ${topicSize}, expected at most 7`);
  return {
    ...{ topics, ordinary, landmarks, names, digits, bos, vocabSize, length, nHeads, ownHeads, dHead },
    dModel: nHeads * dHead,
    tokenText: (id: number) => texts[id],
    place: (position: number) => vocabSize + position,
    previous: (id: number) => vocabSize + length + id,
    sink: dHead - 1,
  };
}
export type PlantedLayout = ReturnType<typeof plantedLayout>;
