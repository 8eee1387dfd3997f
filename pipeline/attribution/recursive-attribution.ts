import * as tf from '@tensorflow/tfjs-core';
import { append } from '../numbers/append.ts';
import type { ActiveFeatures } from './recursion/active-features.ts';
import { type Component, readBias } from './recursion/components.ts';
import {
  type DenseContributions,
  denseContributions,
  directionsAt,
  featureContributions,
} from './recursion/contributions.ts';
import { type AttributionTarget, type ContributionSource, explainTargets } from './recursion/explain-targets.ts';
import type { FrozenPrompt } from './recursion/frozen-prompt.ts';

/** What one component at one source adds to a feature's pre-activation. */
export interface AttributionTerm {
  readonly component: Component;
  /** Position s. */
  readonly source: number;
  /** Summed over heads. */
  readonly attribution: number;
  readonly byHead: Float32Array;
}

/** A feature's pre-activation as a sum: every term, the encoder constant and the output bias. */
export interface RecursiveAttribution extends AttributionTarget {
  readonly layer: number;
  readonly constant: number;
  /** What no head wrote of an attention output that is read, b_O; 0 where z is. */
  readonly outputBias: number;
  readonly terms: readonly AttributionTerm[];
}

/** Targets explained together; their terms are all in memory at once. */
const targetsPerBlock = 16;

/**
 * Every term of recursive DFA, one step: explainTargets on the current backend. The terms sum to the DFA, and with the
 * constant and the output bias to the pre-activation. Throws RangeError when the layer has no SAE.
 */
export async function recursiveAttribution(
  prompt: FrozenPrompt,
  layer: number,
  targets: readonly AttributionTarget[],
): Promise<RecursiveAttribution[]> {
  const explained: RecursiveAttribution[] = [];
  for await (const { targets: block, dense, features } of explainTargets(tensorSource(prompt), layer, targets)) {
    const terms = [dense, ...features];
    const attributions = block.map((target, n) => ({
      ...target,
      layer,
      constant: prompt.constant(layer, target.feature),
      outputBias: dense.outputBias[n],
      terms: terms.flatMap((own) => termsOf(own, block.length, n, target.position)),
    }));
    append(explained, attributions);
  }
  return explained;
}

/** Contributions [row, target, head], and what each row is. */
interface TermRows {
  readonly data: Float32Array;
  readonly heads: number;
  readonly rows: number;
  component(row: number): Component;
  source(row: number): number;
}

interface DenseRows extends TermRows {
  /** By target. */
  readonly outputBias: Float32Array;
}

interface Reading extends Omit<DenseContributions, 'contributions' | 'outputBias'> {
  readonly scale: tf.Tensor;
}

/** Contributions computed by tensors of the current backend. */
function tensorSource(prompt: FrozenPrompt): ContributionSource<Reading, DenseRows, TermRows> {
  const { length, transformer } = prompt;
  const heads = transformer.config.nHeads;
  const active = new Map([...prompt.active].filter(([, { values }]) => values.length > 0));
  return {
    blockSizes: [targetsPerBlock],
    featureLayers: [...active.keys()],
    async dense(layer, targets) {
      const { scale } = at(prompt.layers, layer);
      const components = [...prompt.denseBelow(layer), ...readBias(transformer.config, layer)];
      const { contributions, outputBias, ...reading } = tf.tidy(() => ({ ...denseOf(prompt, layer, targets) }));
      const dense = {
        data: await readBack(contributions),
        heads,
        rows: components.length * length,
        component: (row: number) => at(components, Math.floor(row / length)),
        source: (row: number) => row % length,
        outputBias: await readBack(outputBias),
      };
      return { reading: { ...reading, scale }, dense };
    },
    async features(from, { directions, attention, scale }) {
      const { features, sources, values } = at(active, from);
      const contributions = tf.tidy(() =>
        featureContributions(
          rowsOf(prompt, from, { features, sources, values }),
          directionsAt(transformer, { layer: from, site: prompt.site(from) }, directions),
          attention,
          scale,
        ),
      );
      return {
        data: await readBack(contributions),
        heads,
        rows: features.length,
        component: (row) => ({ kind: 'feature', layer: from, feature: features[row] }),
        source: (row) => sources[row],
      };
    },
    release: ({ directions, attention }) => tf.dispose([directions, attention]),
  };
}

function denseOf(prompt: FrozenPrompt, layer: number, targets: readonly AttributionTarget[]): DenseContributions {
  const x = tf.slice(prompt.components, [0, 0, 0], [prompt.denseBelow(layer).length, -1, -1]);
  const positions = tf.tensor1d(
    targets.map(({ position }) => position),
    'int32',
  );
  const scale = prompt.readScale(layer);
  return denseContributions(prompt.transformer, x, at(prompt.layers, layer), {
    layer,
    site: prompt.site(layer),
    encoderRows: prompt.encoderRows(
      layer,
      Int32Array.from(targets, ({ feature }) => feature),
    ),
    positions,
    scaleAt: scale && tf.gather(scale, positions),
  });
}

async function readBack(values: tf.Tensor): Promise<Float32Array> {
  const data = new Float32Array(await values.data());
  values.dispose();
  return data;
}

function termsOf(
  { data, heads, rows, component, source }: TermRows,
  targets: number,
  target: number,
  position: number,
) {
  const terms: AttributionTerm[] = [];
  for (let row = 0; row < rows; row++) {
    if (source(row) > position) continue;
    const start = (row * targets + target) * heads;
    const byHead = data.slice(start, start + heads);
    const attribution = byHead.reduce((sum, value) => sum + value, 0);
    terms.push({ component: component(row), source: source(row), attribution, byHead });
  }
  return terms;
}

function rowsOf(prompt: FrozenPrompt, layer: number, { features, sources, values }: ActiveFeatures) {
  return {
    decoder: prompt.decoderRows(layer, features),
    sources: tf.tensor1d(sources, 'int32'),
    activations: tf.tensor1d(values),
  };
}

/** Throws RangeError where there is none. */
function at<T>(items: readonly T[] | ReadonlyMap<number, T>, index: number): T {
  const item = 'get' in items ? items.get(index) : items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
