import { pickOne, type Random, seededRandom } from '../../../../numbers/seeded-random.ts';
import { type PlantedLayout, type PlantedOptions, plantedLayout } from './layout.ts';

/** Share of the tokens that are landmarks; of names and of digits as many. */
const rareShare = 0.02;
const topicShare = 0.8;

/** Contexts of a context's length, BOS first: each is about one topic, with rare tokens of other kinds among it. */
export function plantedContexts(options: PlantedOptions): Int32Array[] {
  const layout = plantedLayout(options);
  const random = seededRandom(options.seed, 2);
  return Array.from({ length: options.contexts }, (_, i) =>
    Int32Array.from({ length: options.length }, (_, t) => (t === 0 ? layout.bos : nextToken(layout, random, i))),
  );
}

function nextToken({ topics, landmarks, names, digits }: PlantedLayout, random: Random, context: number): number {
  const draw = random();
  if (draw < rareShare) return pickOne(random, landmarks);
  if (draw < 2 * rareShare) return pickOne(random, names);
  if (draw < 3 * rareShare) return pickOne(random, digits);
  const topic = topics[context % topics.length];
  return pickOne(random, random() < topicShare ? topic : topics.flat());
}
