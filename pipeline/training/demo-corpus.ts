import { fileURLToPath } from 'node:url';
import { parseConfig } from '../config/parse.ts';
import { runSchema } from '../config.ts';
import { documents } from '../files/text/corpora.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The embedded default's corpus, from data/demo.json: documentation and declarations of installed packages. */
export function demoCorpus(): readonly string[] {
  const args = { given: new Map(), configFile: 'data/demo.json', help: false };
  return parseConfig({ schema: runSchema, command: 'train-demo', args, cwd: root }).corpus;
}

/** Documents one after the other, each closed by the end-of-text token. */
export async function tokenStream(paths: readonly string[], tokenizer: Tokenizer): Promise<Int32Array> {
  const parts: Int32Array[] = [];
  for await (const { text } of documents(paths))
    parts.push(tokenizer.encode(text), Int32Array.of(tokenizer.eosTokenId));
  const stream = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    stream.set(part, at);
    at += part.length;
  }
  return stream;
}
