import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { Model } from '../../model/model.ts';
import { readJsonFile } from '../files.ts';
import { loadTokenizer, type Tokenizer } from '../tokenizer/load-tokenizer.ts';
import type { TextMarks } from '../tokenizer/text-marks.ts';
import { type KeepTensor, loadModel } from './model-dir.ts';

/** A model and its tokenizer, of one mind about what the tokens are, and which begin and end a text. */
export interface LanguageModel {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
}

const id = z.int().nonnegative();
const marksSchema = z.looseObject({
  bos_token_id: id.nullish().catch(undefined),
  eos_token_id: z
    .union([id, z.array(id).transform(([first]) => first)])
    .nullish()
    .catch(undefined),
});

/** Of a model that sees images too, its decoder's. */
const nestedSchema = z.looseObject({ text_config: marksSchema });
const textMarks = (json: unknown) => nestedSchema.safeParse(json).data?.text_config;

/** Loads a folder's model and tokenizer; `keep` says what is held of each weight. Throws UserError for the first thing that is wrong. */
export async function loadLanguageModel(dir: string, keep?: KeepTensor): Promise<LanguageModel> {
  const model = await loadModel(dir, keep);
  const tokenizer = await loadModelTokenizer(dir);
  const { bosTokenId, eosTokenId } = tokenizer;
  const { vocabSize } = model.config;
  const past = [bosTokenId, eosTokenId].find((token) => token >= vocabSize);
  if (past !== undefined) {
    const text = JSON.stringify(tokenizer.tokenText(past));
    throw new UserError(`${text} has token id ${past}, expected one of the model's ${vocabSize} (${dir})`);
  }
  const ids = Int32Array.from({ length: vocabSize }, (_, token) => token);
  const vocabulary = ids.filter((token) => tokenizer.tokenBytes(token).length > 0);
  return { model: { ...model, vocabulary, config: { ...model.config, bosTokenId, eosTokenId } }, tokenizer };
}

/** The tokenizer of a model's folder, which knows what config.json says of its marks. */
export async function loadModelTokenizer(dir: string): Promise<Tokenizer> {
  return loadTokenizer(dir, await readModelMarks(dir));
}

/** What config.json says of the tokens that begin and end a text. */
async function readModelMarks(dir: string): Promise<Partial<TextMarks>> {
  const json = await readJsonFile(join(dir, 'config.json'));
  const { bos_token_id: bos, eos_token_id: eos } = { ...textMarks(json), ...marksSchema.parse(json) };
  return {
    ...(typeof bos === 'number' ? { bosTokenId: bos } : {}),
    ...(typeof eos === 'number' ? { eosTokenId: eos } : {}),
  };
}
