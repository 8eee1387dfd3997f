import type { ByteLevelBpe } from './bpe-trainer.ts';

const END_OF_TEXT = '<|endoftext|>';

/** The two files of a Hugging Face byte-level BPE tokenizer; the end-of-text token takes the last id. */
export function tokenizerFiles(bpe: ByteLevelBpe, contextLength: number): Record<string, unknown> {
  return {
    'tokenizer.json': tokenizerJson(bpe),
    'tokenizer_config.json': {
      tokenizer_class: 'GPT2Tokenizer',
      add_prefix_space: false,
      bos_token: END_OF_TEXT,
      eos_token: END_OF_TEXT,
      unk_token: END_OF_TEXT,
      model_max_length: contextLength,
    },
  };
}

function tokenizerJson(bpe: ByteLevelBpe): unknown {
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [endOfText(bpe.tokens.length)],
    normalizer: null,
    pre_tokenizer: { ...byteLevel, add_prefix_space: false },
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: true },
    model: bpeModel(bpe),
  };
}

function endOfText(id: number) {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return { id, content: END_OF_TEXT, ...flags };
}

function bpeModel(bpe: ByteLevelBpe) {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    vocab: Object.fromEntries([...bpe.tokens, END_OF_TEXT].map((token, id) => [token, id])),
    merges: bpe.merges.map(([left, right]) => `${left} ${right}`),
  };
}
