import { hash } from '../../numbers/hash.ts';
import { randomInteger, seededRandom } from '../../numbers/seeded-random.ts';

/** Characters of text that are held at once. */
const heldCharacters = 1 << 24;

/** A document, or a piece of one that the next text goes on with. */
interface Piece {
  readonly text: string;
  readonly continues?: boolean;
}

/** Files in random order: by least hash of their places. */
export function shuffledFiles<T>(files: readonly T[], seed: number): T[] {
  const keyed = files.map((file, i) => ({ file, key: hash(seed, i) }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ file }) => file);
}

/**
 * Documents in random order, pieces of one kept together: each is drawn from those at hand, some 16 million characters, so
 * that memory is bounded whatever the corpus. A document longer than that is passed on as it comes.
 */
export async function* shuffledDocuments<T extends Piece>(pieces: AsyncIterable<T>, seed: number): AsyncGenerator<T> {
  const random = seededRandom(seed);
  const held: (readonly T[])[] = [];
  let characters = 0;
  const draw = (): readonly T[] => {
    const index = randomInteger(random, 0, held.length - 1);
    const drawn = held[index];
    held[index] = held[held.length - 1];
    held.length--;
    characters -= lengthOf(drawn);
    return drawn;
  };
  for await (const { document, isWhole } of grouped(pieces)) {
    if (!isWhole) {
      yield* document;
      continue;
    }
    held.push(document);
    characters += lengthOf(document);
    while (characters > heldCharacters) yield* draw();
  }
  while (held.length > 0) yield* draw();
}

const lengthOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { text }) => sum + text.length, 0);

interface Group<T> {
  readonly document: readonly T[];
  readonly isWhole: boolean;
}

/** The pieces of each document; of one longer than may be held, as many as that, then each of its rest alone. */
async function* grouped<T extends Piece>(pieces: AsyncIterable<T>): AsyncGenerator<Group<T>> {
  let document: T[] = [];
  let isRest = false;
  for await (const piece of pieces) {
    document.push(piece);
    const goesOn = piece.continues ?? false;
    if (goesOn && !isRest && lengthOf(document) <= heldCharacters) continue;
    yield { document, isWhole: !goesOn && !isRest };
    document = [];
    isRest = goesOn;
  }
}
