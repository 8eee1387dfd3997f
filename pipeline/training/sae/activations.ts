import { reshape } from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { attentionStates, Transformer } from '../../model/transformer.ts';
import { weightsOfLayers } from '../../model/weights.ts';
import { greatest } from '../../numbers/extremes.ts';
import { int32 } from '../../numbers/tensor.ts';
import { type Site, siteInput, siteWidth } from '../../sae/site.ts';

export interface ActivationOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly site: Site;
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

/** A site's activations of packed contexts, all layers from one forward pass, over the corpus again and again. */
export interface ActivationStream {
  readonly position: CorpusPosition;
  /** The next activations of each layer, [token, dIn]; the beginnings of contexts are left out. */
  next(): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Opens a stream of activations, at a position it gave before. Throws Error when the corpus has no context. */
export async function activationStream(
  options: ActivationOptions,
  start: CorpusPosition = { epoch: 0, context: 0 },
): Promise<ActivationStream> {
  const { engine, model, site, layers, context, batch } = options;
  const dIn = siteWidth(model.config, site);
  const run = await engine.compile(activationProgram(options));
  const source = await contextSource(options.contexts, start);
  return {
    get position() {
      return source.position();
    },
    async next() {
      const tokens = new Int32Array(batch * context);
      for (let row = 0; row < batch; row++) tokens.set(await source.next(), row * context);
      const { x } = await run({ tokens: int32([batch, context], tokens) });
      return layers.map((layer) => withoutBeginnings(x[layer].data, context, dIn));
    },
    async close() {
      await Promise.all([run.dispose(), source.close()]);
    },
  };
}

/** x [context · position, dIn] without the position 0 of each context. */
function withoutBeginnings(x: Float32Array, context: number, dIn: number): Float32Array {
  const [whole, kept] = [context * dIn, (context - 1) * dIn];
  const rest = new Float32Array((x.length / whole) * kept);
  for (let row = 0; row * whole < x.length; row++)
    rest.set(x.subarray(row * whole + dIn, (row + 1) * whole), row * kept);
  return rest;
}

/** The forward pass up to the last layer's attention: what comes after it, W_U too, is not computed. */
function activationProgram({ model, site, layers, context, batch }: ActivationOptions) {
  const { config } = model;
  const dIn = siteWidth(config, site);
  const last = greatest(layers);
  return program({
    name: 'attention activations',
    inputs: { tokens: intSpec(batch, context) },
    outputs: { x: Object.fromEntries(layers.map((layer) => [layer, floatSpec(batch * context, dIn)])) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      const transformer = new Transformer(config, weights);
      const states = attentionStates(transformer, tokens, last);
      const input = (layer: number) => reshape(siteInput(transformer.layer(layer), site, states[layer].z), [-1, dIn]);
      return { x: Object.fromEntries(layers.map((layer) => [layer, input(layer)])) };
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
