import type { RunReader } from '../../pipeline/tables/reader.ts';
import { type ExamplePrompt, examplePrompts } from '../explorer/prompt/example-prompts.ts';

/** Contexts taken from early and late in the run, so that they differ in kind. */
const PLACES = [1 / 4, 3 / 4];

/** Prompts for the explorer, of the run's own vocabulary and text. */
export async function readExamplePrompts(reader: RunReader): Promise<ExamplePrompt[]> {
  const vocabulary = (await reader.vocabulary()).toSorted((a, b) => a.token_id - b.token_id);
  const bytes = new Map(vocabulary.map((row) => [row.token_id, row.bytes]));
  const passages = await Promise.all(PLACES.map((place) => passageAt(reader, bytes, place)));
  return examplePrompts(
    vocabulary.map(({ token }) => token),
    passages,
  );
}

async function passageAt(reader: RunReader, bytes: ReadonlyMap<number, Uint8Array>, place: number): Promise<string> {
  const context = Math.floor(Number(reader.counts.contexts) * place);
  const rows = await reader.contexts(context, context + 1);
  const parts = [...(rows.at(0)?.token_ids ?? [])].slice(1).map((id) => bytes.get(id) ?? new Uint8Array());
  return new TextDecoder().decode(Uint8Array.from(parts.flatMap((part) => [...part])));
}
