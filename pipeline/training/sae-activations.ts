import { reshape } from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, intSpec, program } from '../engine/program.ts';
import type { Model } from '../model/model.ts';
import { attentionStates, Transformer } from '../model/transformer.ts';
import { greatest } from '../numbers/extremes.ts';
import { int32 } from '../numbers/tensor.ts';

export interface ActivationOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly layers: readonly number[];
  readonly context: number;
  /** Contexts a forward pass. */
  readonly batch: number;
  /** One pass over the packed corpus; asked for again at its end. */
  contexts(epoch: number): AsyncIterable<Int32Array>;
}

/** Where a stream of activations is in the corpus. */
export interface CorpusPosition {
  /** Whole passes over the corpus. */
  readonly epoch: number;
  /** Contexts taken in this pass. */
  readonly context: number;
}

/** z of packed contexts, all layers from one forward pass, over the corpus again and again. */
export interface ActivationStream {
  readonly position: CorpusPosition;
  /** The next z of each layer, [token, dIn]. */
  next(): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Opens a stream of activations, at a position it gave before. Throws Error when the corpus has no context. */
export async function activationStream(
  options: ActivationOptions,
  start: CorpusPosition = { epoch: 0, context: 0 },
): Promise<ActivationStream> {
  const { engine, layers, context, batch } = options;
  const run = await engine.compile(activationProgram(options));
  const source = await contextSource(options.contexts, start);
  return {
    get position() {
      return source.position();
    },
    async next() {
      const tokens = new Int32Array(batch * context);
      for (let row = 0; row < batch; row++) tokens.set(await source.next(), row * context);
      const { z } = await run({ tokens: int32([batch, context], tokens) });
      return layers.map((layer) => z[layer].data);
    },
    async close() {
      await Promise.all([run.dispose(), source.close()]);
    },
  };
}

function activationProgram({ model: { config, weights }, layers, context, batch }: ActivationOptions) {
  const width = config.nHeads * config.dHead;
  return program({
    name: 'attention outputs',
    inputs: { tokens: intSpec(batch, context) },
    outputs: { z: Object.fromEntries(layers.map((layer) => [layer, floatSpec(batch * context, width)])) },
    weights,
    body({ tokens }, bound) {
      const states = attentionStates(new Transformer(config, bound), tokens, greatest(layers));
      return { z: Object.fromEntries(layers.map((layer) => [layer, reshape(states[layer].z, [-1, width])])) };
    },
  });
}

async function contextSource(open: (epoch: number) => AsyncIterable<Int32Array>, start: CorpusPosition) {
  let { epoch, context } = { epoch: start.epoch, context: 0 };
  let iterator = open(epoch)[Symbol.asyncIterator]();
  const next = async (): Promise<Int32Array> => {
    const { done, value } = await iterator.next();
    if (!done) {
      context++;
      return value;
    }
    if (context === 0) throw new Error('no context in the corpus');
    [epoch, context] = [epoch + 1, 0];
    iterator = open(epoch)[Symbol.asyncIterator]();
    return next();
  };
  while (context < start.context) await next();
  return { position: (): CorpusPosition => ({ epoch, context }), next, close: async () => iterator.return?.() };
}
