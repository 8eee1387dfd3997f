import * as tf from '@tensorflow/tfjs-core';
import { append } from '../numbers/append.ts';
import type { ActiveFeatures } from './recursion/active-features.ts';
import { type Component, readBias } from './recursion/components.ts';
import {
  attentionFrom,
  componentContributions,
  featureContributions,
  featureReads,
  type Reads,
} from './recursion/contributions.ts';
import type { FrozenPrompt } from './recursion/frozen-prompt.ts';

/** A feature at a position of a prompt. */
export interface AttributionTarget {
  readonly feature: number;
  readonly position: number;
}

/** What one component at one source adds to a feature's pre-activation. */
export interface AttributionTerm {
  readonly component: Component;
  /** Position s. */
  readonly source: number;
  /** Summed over heads. */
  readonly attribution: number;
  readonly byHead: Float32Array;
}

/** A feature's pre-activation as a sum: every term, and the encoder constant. */
export interface RecursiveAttribution extends AttributionTarget {
  readonly layer: number;
  readonly constant: number;
  readonly terms: readonly AttributionTerm[];
}

/** Targets explained together; their terms are all in memory at once. */
const targetsPerBlock = 16;

/**
 * Recursive DFA, one step: A^h[t, s]·(LN_frozen(x)·W_V^h)·wEnc[:, i]^h of every component x of the residual stream at
 * each source s ≤ t, and the value bias; patterns, normalisation scales and the SAE's input scale at t are this prompt's
 * own. The terms sum to the DFA, and with the constant to the pre-activation. Throws RangeError when the layer has no SAE.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export async function recursiveAttribution(
  prompt: FrozenPrompt,
  layer: number,
  targets: readonly AttributionTarget[],
): Promise<RecursiveAttribution[]> {
  const explained: RecursiveAttribution[] = [];
  for (let at = 0; at < targets.length; at += targetsPerBlock) {
    append(explained, await explainBlock(prompt, layer, targets.slice(at, at + targetsPerBlock)));
  }
  return explained;
}

async function explainBlock(prompt: FrozenPrompt, layer: number, targets: readonly AttributionTarget[]) {
  const blocks = contributionBlocks(prompt, layer, targets);
  const read: { block: Block; data: Float32Array }[] = [];
  for (const block of blocks) read.push({ block, data: new Float32Array(await block.values.data()) });
  tf.dispose(blocks.map(({ values }) => values));
  return targets.map((target, n) => ({
    ...target,
    layer,
    constant: prompt.constant(layer, target.feature),
    terms: read.flatMap(({ block, data }) => termsOf(block, data, targets.length, n, target.position)),
  }));
}

/** Contributions [row, target, head], and what each row is. */
interface Block {
  readonly values: tf.Tensor;
  component(row: number): Component;
  source(row: number): number;
}

function contributionBlocks(prompt: FrozenPrompt, layer: number, targets: readonly AttributionTarget[]): Block[] {
  const { length } = prompt;
  const dense = prompt.denseBelow(layer);
  const lower = [...prompt.active].filter(([from, { values }]) => from < layer && values.length > 0);
  const biases = readBias(prompt.transformer.config, layer);
  const [denseValues, ...others] = tf.tidy(() => {
    const frozen = frozenOf(prompt, layer);
    const positions = tf.tensor1d(
      targets.map(({ position }) => position),
      'int32',
    );
    const scale = prompt.inputScale(layer);
    const attention = attentionFrom(frozen.pattern, positions, scale && tf.gather(scale, positions));
    const reads = targetReads(prompt, layer, targets);
    const x = tf.slice(prompt.components, [0, 0, 0], [dense.length, -1, -1]);
    return [
      tf.reshape(componentContributions(x, reads, attention, frozen.scale), [-1, targets.length, headsOf(prompt)]),
      ...biases.map(() => tf.mul(attention, tf.expandDims(reads.bias, 0))),
      ...lower.map(([from, active]) =>
        featureContributions(
          rowsOf(prompt, from, active),
          outputWeightOf(prompt, from),
          reads,
          attention,
          frozen.scale,
        ),
      ),
    ];
  });
  if (!denseValues) throw new Error('unreachable: they were computed');
  return [
    { values: denseValues, component: (row) => at(dense, Math.floor(row / length)), source: (row) => row % length },
    ...biases.map((bias, i) => ({ values: at(others, i), component: () => bias, source: (row: number) => row })),
    ...lower.map(([from, active], i) => featureBlock(from, active, at(others, biases.length + i))),
  ];
}

function featureBlock(layer: number, { features, sources }: ActiveFeatures, values: tf.Tensor): Block {
  const component = (row: number): Component => ({ kind: 'feature', layer, feature: features[row] ?? 0 });
  return { values, component, source: (row) => sources[row] ?? 0 };
}

function termsOf(block: Block, data: Float32Array, targets: number, target: number, position: number) {
  const [rows = 0, , heads = 1] = block.values.shape;
  const terms: AttributionTerm[] = [];
  for (let row = 0; row < rows; row++) {
    const source = block.source(row);
    if (source > position) continue;
    const start = (row * targets + target) * heads;
    const byHead = data.slice(start, start + heads);
    const attribution = byHead.reduce((sum, value) => sum + value, 0);
    terms.push({ component: block.component(row), source, attribution, byHead });
  }
  return terms;
}

function targetReads(prompt: FrozenPrompt, layer: number, targets: readonly AttributionTarget[]): Reads {
  const features = Int32Array.from(targets, ({ feature }) => feature);
  return featureReads(prompt.transformer, layer, prompt.encoderRows(layer, features));
}

function frozenOf(prompt: FrozenPrompt, layer: number) {
  return at(prompt.layers, layer);
}

function outputWeightOf({ transformer }: FrozenPrompt, layer: number): tf.Tensor {
  return transformer.layer(layer).output.weight;
}

function rowsOf(prompt: FrozenPrompt, layer: number, { features, sources, values }: ActiveFeatures) {
  return {
    decoder: prompt.decoderRows(layer, features),
    sources: tf.tensor1d(sources, 'int32'),
    activations: tf.tensor1d(values),
  };
}

const headsOf = ({ transformer }: FrozenPrompt) => transformer.config.nHeads;

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}
