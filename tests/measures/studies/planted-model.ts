import type { Tokenizer } from '../../../pipeline/files/tokenizer/load-tokenizer.ts';
import { gpt2 } from '../../../pipeline/model/families/gpt2.ts';
import { checkpointShapes, weightsFrom } from '../../../pipeline/model/family.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';

const letters = 40;
export const bos = letters;
export const length = letters + 2;
const vocabSize = letters + 1;
const heads = 3;
/** Two vocabularies to match by, and a dimension for what draws attention when nothing matches. */
const dHead = 2 * vocabSize + 2;
const sink = dHead - 1;
const dModel = heads * dHead;
/** The residual stream is one-hot token, position, token before, token two before. */
const token = (id: number) => id;
const place = (position: number) => vocabSize + position;
const before = (id: number) => vocabSize + length + id;
const twoBefore = (id: number) => 2 * vocabSize + length + id;
const each = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * Two layers of three heads, by hand. 0.0 and 0.1 write the token before and two before. 1.0 attends where the token
 * before is the present one; 1.1 only where the token two before is the one before the present one as well; else both
 * to BOS. 0.2 and 1.2 attend evenly. 1.0 and 1.1 write the token they read.
 */
export function plantedModel(): Model {
  const json = {
    ...{ model_type: 'gpt2', n_layer: 2, n_head: heads, n_embd: dModel, n_inner: 1 },
    ...{ n_positions: length, vocab_size: vocabSize, bos_token_id: bos, eos_token_id: bos },
  };
  const config = gpt2.parseConfig(json, 'config.json');
  const checkpoint = Object.fromEntries(
    Object.entries(checkpointShapes(gpt2, config)).map(([name, shape]) => [name, float32(shape)]),
  );
  plant(checkpoint);
  return { config, weights: weightsFrom(gpt2, config, checkpoint) };
}

function plant(weights: Readonly<Record<string, FloatTensor>>): void {
  const set = (name: string, row: number, column: number, value: number) => {
    const tensor = weights[name];
    if (!tensor) throw new Error(`no tensor ${name}`);
    tensor.data[row * (tensor.shape[1] ?? 1) + column] = value;
  };
  for (const id of each(vocabSize)) set('wte.weight', id, token(id), 1);
  for (const position of each(length)) set('wpe.weight', position, place(position), 1);
  for (const [layer, ones] of [2, 4].entries()) {
    // So many ones are in the stream, so that LayerNorm can be undone exactly.
    const mean = ones / dModel;
    weights[`h.${layer}.ln_1.weight`]?.data.fill(Math.sqrt(mean - mean * mean + 1e-5));
    weights[`h.${layer}.ln_1.bias`]?.data.fill(mean);
  }
  weights['ln_f.weight']?.data.fill(1);

  const scale = Math.sqrt(dHead);
  const column = (head: number, part: number, dim: number) => part * dModel + head * dHead + dim;
  const query = (layer: number, head: number, from: number, dim: number, value: number) =>
    set(`h.${layer}.attn.c_attn.weight`, from, column(head, 0, dim), value * scale);
  const key = (layer: number, head: number, from: number, dim: number) =>
    set(`h.${layer}.attn.c_attn.weight`, from, column(head, 1, dim), 1);

  for (const [head, back] of [1, 2].entries()) {
    for (const t of each(length)) {
      query(0, head, place(t), Math.max(0, t - back), 30);
      key(0, head, place(t), t);
    }
    for (const id of each(vocabSize)) {
      set('h.0.attn.c_attn.weight', token(id), column(head, 2, id), 1);
      set('h.0.attn.c_proj.weight', head * dHead + id, head === 0 ? before(id) : twoBefore(id), 1);
      set('h.1.attn.c_attn.weight', token(id), column(head, 2, id), 1);
      set('h.1.attn.c_proj.weight', head * dHead + id, token(id), 1);
      query(1, head, token(id), id, head === 0 ? 20 : 10);
      key(1, head, before(id), id);
    }
    set('h.1.attn.c_attn.bias', column(head, 0, sink), 0, (head === 0 ? 10 : 15) * scale);
    key(1, head, place(0), sink);
  }
  for (const id of each(vocabSize)) {
    query(1, 1, before(id), vocabSize + id, 10);
    key(1, 1, twoBefore(id), vocabSize + id);
  }
}

/** A token is a letter. */
export const plantedTokenizer: Tokenizer = {
  vocabSize,
  bosTokenId: bos,
  eosTokenId: bos,
  notes: [],
  paths: [],
  encode: (text) => Int32Array.from(text, (letter) => letter.charCodeAt(0) - 65),
  decode: (ids) => String.fromCharCode(...Array.from(ids, (id) => id + 65)),
  specialTokenIds: new Set(),
  tokenBytes: (id) => Uint8Array.of(id + 65),
  tokenText: (id) => String.fromCharCode(id + 65),
};
