import { z } from 'zod';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { plainConventions } from '../../pipeline/model/conventions.ts';
import { columnPart, type Family, type Stored, storedTensors, turned, whole } from '../../pipeline/model/family.ts';
import type { ModelConfig } from '../../pipeline/model/model.ts';

const size = z.int().positive();
const ownConfig = z.object({
  depth: size,
  heads: size,
  shared_heads: size,
  head_width: size,
  width: size,
  hidden: size,
  context: size,
  vocabulary: size,
  turned: size,
  base: z.number().positive(),
  end_token: z.int().nonnegative(),
});

/** Sizes of which no two are equal that the code could take for one another: z is 24 wide, the residual stream 20. */
export const toyJson = {
  model_type: 'toy',
  ...{ depth: 3, heads: 4, shared_heads: 2, head_width: 6, width: 20, hidden: 18 },
  ...{ context: 64, vocabulary: 40, turned: 4, base: 100, end_token: 39 },
};

function parseConfig(json: unknown, file: string): ModelConfig {
  const parsed = ownConfig.safeParse(json);
  if (!parsed.success) throw new UserError(`invalid ${parsed.error.issues[0]?.path.join('.')} (${file})`);
  const own = parsed.data;
  const pairs = Array.from({ length: own.turned / 2 }, (_, i) => own.base ** ((-2 * i) / own.turned));
  return {
    ...plainConventions,
    modelType: 'toy',
    nLayers: own.depth,
    nHeads: own.heads,
    nKvHeads: own.shared_heads,
    dHead: own.head_width,
    dModel: own.width,
    dMlp: own.hidden,
    nContext: own.context,
    vocabSize: own.vocabulary,
    norm: 'rms',
    finalNorm: 'rms',
    epsilon: 1e-6,
    positions: 'none',
    rotary: { dims: own.turned, frequencies: pairs, pairs: 'neighbours' },
    activation: 'gelu',
    gated: true,
    biases: { queryKeyValue: false, output: false, mlp: false, unembedding: false },
    bosTokenId: own.end_token,
    eosTokenId: own.end_token,
    tiedEmbedding: false,
  };
}

const shared = { 'embedding.tokens': 'words', 'final.norm.gain': 'last.gain', unembedding: 'answers' };
/** Behind `block_LAYER/`; key and value are one projection. */
const inLayer = {
  'attention.norm.gain': 'look.gain',
  'attention.query.weight': 'look.ask',
  'attention.key.weight': 'look.offer',
  'attention.value.weight': 'look.offer',
  'attention.output.weight': 'look.write',
  'mlp.norm.gain': 'think.gain',
  'mlp.gate.weight': 'think.gate',
  'mlp.in.weight': 'think.read',
  'mlp.out.weight': 'think.write',
};

function stored(config: ModelConfig): Record<string, Stored> {
  const names = { shared, inLayer, prefix: (layer: number) => `block_${layer}/` };
  return storedTensors(config, names, (theirs, shape, ours) => {
    if (theirs.endsWith('look.offer')) return turned(columnPart(theirs, shape, ours.includes('.value.') ? 1 : 0, 2));
    return ours.endsWith('.weight') ? turned(whole(theirs, shape)) : whole(theirs, shape);
  });
}

/**
 * An invented family with what GPT-2 has not: RMSNorm, rotary positions on neighbouring dimensions of a part of each
 * head, shared key-value heads, a gated MLP, no biases, maps stored as [dOut, dIn], and names of its own.
 */
export const toy: Family = { modelType: 'toy', prefixes: ['', 'toy:'], parseConfig, stored };
