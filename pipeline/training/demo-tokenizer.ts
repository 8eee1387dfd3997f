import { join } from 'node:path';
import { makeFolder } from '../disk/disk.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import type { Effects } from '../effects.ts';
import { documents } from '../files/text/corpora.ts';
import { seededRandom } from '../numbers/seeded-random.ts';
import { countWords, trainBpe, type WordCounts } from './bpe-trainer.ts';
import { DEMO_MODEL } from './demo-model.ts';
import { embeddedConfig } from './embedded-config.ts';
import { nameSentences } from './name-sentences.ts';
import { tokenizerFiles } from './tokenizer-json.ts';

/** The run-time corpus counts double; sentences of names make each of their names one token. */
const CORPUS_WEIGHT = 2;
const SENTENCES = 20_000;

/** Trains the demo's tokenizer on its corpus, more text and sentences of names, and writes it into the model's folder. */
export async function trainDemoTokenizer(dir: string, text: readonly string[], effects: Effects): Promise<void> {
  const counts: WordCounts = new Map();
  for await (const document of documents((await embeddedConfig()).corpus))
    countWords(document.text, counts, CORPUS_WEIGHT);
  if (text.length > 0) for await (const document of documents(text)) countWords(document.text, counts);
  const random = seededRandom(1);
  for (let i = 0; i < SENTENCES; i++) countWords(nameSentences(random), counts);
  const bpe = trainBpe(counts, DEMO_MODEL.vocabSize - 1);
  await makeFolder(dir);
  for (const [name, content] of Object.entries(tokenizerFiles(bpe, DEMO_MODEL.nContext))) {
    await writeJsonAtomic(join(dir, name), content);
  }
  effects.log(`tokenizer: ${bpe.merges.length} merges from ${counts.size} words, written to ${dir}`);
}
