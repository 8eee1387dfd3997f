import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, removePath } from '../../disk/disk.ts';
import { DiskFile } from '../../disk/disk-file.ts';
import { writeFileAtomic } from '../../disk/replace-file.ts';
import { pathKind, readTextFile } from '../../files/files.ts';
import type { ChatRequest } from './chat.ts';

/** A prompt and its answer, in the order of the table label_answers. */
const answered = z.object({
  /** Hash of the model and the request: what has one is not asked again. */
  key: z.string(),
  sae: z.string(),
  feature: z.int(),
  purpose: z.string(),
  model: z.string(),
  style: z.string(),
  prompt: z.string(),
  answer: z.string(),
  promptTokens: z.number().nullable(),
  answerTokens: z.number().nullable(),
});
export type AnsweredPrompt = z.infer<typeof answered>;

/** The key of a request to a model. */
export const requestKey = (model: string, { messages, maxTokens }: ChatRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([model, maxTokens, messages]))
    .digest('hex');

/** Answers as they come, a line each, so that an interrupted command asks for none of them again. */
export interface Journal {
  answerTo(key: string): AnsweredPrompt | undefined;
  add(entry: AnsweredPrompt): void;
  all(): AnsweredPrompt[];
  close(): Promise<void>;
  /** Once the table holds all of it. */
  remove(): Promise<void>;
}

/** Opens a run's journal on top of what its table holds. A last line that was cut short is dropped. */
export async function openJournal(run: string, earlier: readonly AnsweredPrompt[]): Promise<Journal> {
  const folder = join(run, '.label');
  const path = join(folder, 'answers.jsonl');
  const kept = await readJournal(path);
  const known = new Map([...earlier, ...kept].map((entry) => [entry.key, entry]));
  await makeFolder(folder);
  await writeFileAtomic(path, kept.map(line).join(''));
  const file = await DiskFile.open(path);
  let end = file.bytes;
  return {
    answerTo: (key) => known.get(key),
    add(entry) {
      known.set(entry.key, entry);
      const bytes = new TextEncoder().encode(line(entry));
      file.writeAt(bytes, end);
      end += bytes.length;
    },
    all: () => [...known.values()],
    close: () => file.close(),
    remove: () => removePath(folder),
  };
}

const line = (entry: AnsweredPrompt): string => `${JSON.stringify(entry)}\n`;

async function readJournal(path: string): Promise<AnsweredPrompt[]> {
  if ((await pathKind(path)) !== 'file') return [];
  return (await readTextFile(path)).split('\n').flatMap((text) => parseEntry(text) ?? []);
}

function parseEntry(text: string): AnsweredPrompt | undefined {
  try {
    return answered.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
