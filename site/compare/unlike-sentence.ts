import { inWords } from './compare-names.ts';

/** What is said of two names of unlike kinds: the first that names nothing, which `read` throws of, or that they are not of one kind. */
export async function unlikeSentence(
  names: readonly [string, string],
  read: (name: string) => Promise<unknown>,
): Promise<string> {
  for (const name of names) {
    try {
      await read(name);
    } catch (error) {
      return `The comparison did not load: ${error instanceof Error ? error.message : error}.`;
    }
  }
  return `${names.map(inWords).join(' and ')} are not of one kind.`;
}
