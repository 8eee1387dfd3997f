import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModelTokenizer } from '../../../../pipeline/files/model/language-model.ts';
import { makeDataset } from '../../../../pipeline/measures/studies/ioi/maths/dataset.ts';
import { temporaryFolder } from '../../../files/temporary-folder.ts';
import { plantedNames } from '../../../run/ioi-case.ts';
import {
  byteNames,
  type NamesTokenizer,
  prefixedNames,
  unprefixedNames,
  withoutBos,
} from '../../../run/names-tokenizers.ts';

interface Case {
  readonly name: string;
  readonly tokenizer: NamesTokenizer;
  /** Of config.json. */
  readonly marks: Readonly<Record<string, number | null>>;
  readonly bos: string;
}

const nameless = withoutBos(unprefixedNames, '</s>');
const cases: readonly Case[] = [
  { name: 'GPT-2’s bytes', tokenizer: byteNames, marks: {}, bos: '<|endoftext|>' },
  { name: 'Llama 2’s pieces, a space before every text', tokenizer: prefixedNames, marks: {}, bos: '<s>' },
  { name: 'Gemma’s pieces, no space before a text', tokenizer: unprefixedNames, marks: {}, bos: '<s>' },
  {
    name: 'Qwen’s, of which config.json alone names a beginning',
    tokenizer: nameless,
    marks: { bos_token_id: 1, eos_token_id: 2 },
    bos: '<s>',
  },
  {
    name: 'one without a beginning, whose contexts begin with the end of text',
    tokenizer: nameless,
    marks: { bos_token_id: null, eos_token_id: 2 },
    bos: '</s>',
  },
];

describe.each(cases)('prompts in a vocabulary of $name', ({ tokenizer: { files }, marks, bos }) => {
  it('have its own single-token names, and its own beginning of sequence', async () => {
    const model = Object.entries({ ...files, 'config.json': JSON.stringify(marks) });
    const folder = await temporaryFolder(Object.fromEntries(model.map(([file, text]) => [`model/${file}`, text])));
    const { encode, decode, bosTokenId, tokenText } = await loadModelTokenizer(join(folder, 'model'));
    const { names, substitute, tellings } = makeDataset({ encode, bosTokenId, nContext: 400, scenes: 2, seed: 1 });
    expect(names).toEqual(plantedNames);
    expect(substitute).toBe('alongside');
    expect(tellings).toHaveLength(15 * 2 * 2);
    expect(tokenText(bosTokenId)).toBe(bos);
    for (const { clean } of tellings) {
      const { tokens, places, io, s, text, cast } = clean;
      expect([tokens[0], tokens.indexOf(bosTokenId, 1)]).toEqual([bosTokenId, -1]);
      expect(decode(tokens.subarray(1)).trimStart()).toBe(text);
      expect([tokens[places.io], tokens[places.s1], tokens[places.s2]]).toEqual([io, s, s]);
      expect([io, s].map((id) => tokenText(id).replace('▁', ' '))).toEqual([` ${cast.io}`, ` ${cast.s}`]);
    }
  });
});
