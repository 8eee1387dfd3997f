import { UserError } from '../../errors/user-error.ts';

/** The tokens that begin and end a text. */
export interface TextMarks {
  readonly bosTokenId: number;
  readonly eosTokenId: number;
}

/** What the files say of them: the tokenizer's by text, config.json's by id. */
export interface MarkSources {
  /** The bos_token and eos_token that the tokenizer's files name. */
  readonly bosToken: string | undefined;
  readonly eosToken: string | undefined;
  /** What the tokenizer's post-processor puts in front of a text. */
  readonly tokenInFront: string | undefined;
  readonly model: Partial<TextMarks>;
}

interface Vocabulary {
  idOf(token: string): number | undefined;
  textOf(id: number): string | undefined;
}

const usual = { bos: ['<|endoftext|>', '<s>', '<bos>', '<|begin_of_text|>'], eos: ['<|endoftext|>', '</s>', '<eos>'] };

/**
 * The beginning of sequence: bos_token as the tokenizer's files name it, else what its post-processor puts in front of
 * a text, else config.json's bos_token_id, else the end of text; the end of text: eos_token, else config.json's, else
 * the beginning. Where two sources name different tokens, a note says so.
 * Throws UserError where none of them is in the vocabulary.
 */
export function decideMarks(sources: MarkSources, vocabulary: Vocabulary, folder: string) {
  const { bosToken, eosToken, tokenInFront, model } = sources;
  const bos = candidates(vocabulary, [
    ['bos_token', bosToken],
    ['the post-processor', tokenInFront],
    ["config.json's bos_token_id", model.bosTokenId],
  ]);
  const eos = candidates(vocabulary, [
    ['eos_token', eosToken],
    ["config.json's eos_token_id", model.eosTokenId],
  ]);
  const [begins, ends] = [bos.at(0) ?? eos.at(0), eos.at(0) ?? bos.at(0)];
  return {
    bosTokenId: begins?.id ?? usualToken(usual.bos, vocabulary, folder),
    eosTokenId: ends?.id ?? usualToken(usual.eos, vocabulary, folder),
    notes: [...conflicts('beginning of sequence', bos, vocabulary), ...conflicts('end of text', eos, vocabulary)],
  };
}

interface Candidate {
  readonly source: string;
  readonly id: number;
}

function candidates(
  vocabulary: Vocabulary,
  named: readonly (readonly [source: string, token: string | number | undefined])[],
): Candidate[] {
  return named.flatMap(([source, token]) => {
    const id = typeof token === 'string' ? vocabulary.idOf(token) : token;
    return id === undefined || vocabulary.textOf(id) === undefined ? [] : [{ source, id }];
  });
}

function conflicts(what: string, [first, ...others]: readonly Candidate[], { textOf }: Vocabulary): string[] {
  const tell = ({ source, id }: Candidate) => `${source} says ${JSON.stringify(textOf(id))} (${id})`;
  const other = others.find(({ id }) => id !== first?.id);
  return first && other ? [`${what}: ${tell(first)}, which counts; ${tell(other)}`] : [];
}

function usualToken(tokens: readonly string[], { idOf }: Vocabulary, folder: string): number {
  for (const token of tokens) {
    const id = idOf(token);
    if (id !== undefined) return id;
  }
  throw new UserError(`no special token in the vocabulary: expected ${tokens.join(' or ')} (${folder})`);
}
