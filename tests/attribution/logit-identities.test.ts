import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ablatedResidual, promptMemory } from '../../pipeline/attribution/ablation.ts';
import { attributionGraph } from '../../pipeline/attribution/recursion/attribution-graph.ts';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../pipeline/attribution/recursion/frozen-prompt.ts';
import { type LogitTarget, logitAttribution } from '../../pipeline/attribution/recursion/logit-attribution.ts';
import { runLayers, type Transformer } from '../../pipeline/model/transformer.ts';
import { siteInput, siteOutput, sites } from '../../pipeline/sae/site.ts';
import { expectedOf, familyCases } from '../model/family-cases.ts';
import { familySaes, familyTransformer } from './family-prompt.ts';
import { freeze } from './recursion/freeze.ts';

const tolerance = 1e-4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const largest = (values: Iterable<number>) => Math.max(1, ...[...values].map(Math.abs));

describe.each(familyCases.flatMap((name) => sites.map((site) => ({ name, site }))))('$name, SAEs of $site', (given) => {
  let transformer: Transformer;
  let tokens: readonly number[];
  let saes: LoadedSaes;
  let prompt: FrozenPrompt;
  let targets: readonly LogitTarget[];

  beforeAll(async () => {
    transformer = await familyTransformer(given.name);
    saes = familySaes(transformer.config, given.site);
    ({ tokens } = await expectedOf(given.name));
    prompt = await freeze(transformer, saes, tokens);
    const [last, earlier] = [tokens.length - 1, tokens.length - 4];
    targets = [
      { position: last, tokenId: 7, minusTokenId: null },
      { position: last, tokenId: 7, minusTokenId: 3 },
      { position: earlier, tokenId: 2, minusTokenId: 5 },
    ];
  });
  afterAll(() => prompt?.dispose());

  const embedded = () => transformer.embed(tf.tensor2d([[...tokens]], undefined, 'int32'));

  /** The logit before its cap as the plain forward pass gives it. */
  function uncapped({ position, tokenId, minusTokenId }: LogitTarget): number {
    const all = transformer.uncappedLogits(runLayers(transformer, embedded()));
    const row = tf.squeeze(tf.slice(all, [0, position, 0], [1, 1, -1])).dataSync();
    return row[tokenId] - (minusTokenId === null ? 0 : row[minusTokenId]);
  }

  it('has direct logit attributions that sum to the logit before its cap, by component and by head', async () => {
    for (const target of targets) {
      const { terms, byHead, outputBias } = await logitAttribution(prompt, target);
      const attributions = terms.map(({ attribution }) => attribution);
      const logit = uncapped(target);
      expect(Math.abs(sum(attributions) - logit) / largest(attributions)).toBeLessThan(tolerance);
      const beside = terms.filter(({ component: { kind } }) =>
        ['embedding', 'position', 'mlp', 'unembedding_bias'].includes(kind),
      );
      const byPart = [...beside.map(({ attribution }) => attribution), ...byHead, ...outputBias];
      expect(byHead).toHaveLength(transformer.config.nLayers * transformer.config.nHeads);
      expect(Math.abs(sum(byPart) - logit) / largest(byPart)).toBeLessThan(tolerance);
      expect(terms.filter(({ component }) => component.kind === 'feature').length).toBeGreaterThan(0);
      expect(terms.at(-1)?.component.kind).toBe('unembedding_bias');
    }
  });

  it('grows a graph from a logit whose leaves sum to it', async () => {
    const [, target] = targets;
    const all = { maxDepth: 10, minShare: 0, maxChildren: Number.POSITIVE_INFINITY };
    const { nodes, edges } = await attributionGraph(prompt, target, all);
    expect(nodes[0]).toMatchObject({ kind: 'logit', position: target.position, depth: 0 });
    const leaves = nodes.filter(({ kind }) => kind !== 'feature' && kind !== 'logit');
    const scale = largest(edges.map(({ attribution }) => attribution));
    const total = sum([
      ...leaves.map(({ attribution }) => attribution),
      ...nodes.map(({ kind, remainder }) => (kind === 'feature' ? remainder : 0)),
    ]);
    expect(Math.abs(total - uncapped(target)) / scale).toBeLessThan(tolerance);
    expect(nodes.filter(({ depth }) => depth === 2).length).toBeGreaterThan(0);
  });

  it('has ablations that are the whole forward pass with one feature’s part taken away', async () => {
    const residuals: tf.Tensor[] = [];
    runLayers(transformer, embedded(), { visit: ({ residual }) => void residuals.push(residual) });
    const pass = { transformer, residuals };
    const memory = promptMemory(pass);
    const ids = tf.tensor1d([7, 3], 'int32');
    for (const [layer, { sae }] of saes) {
      const [position, destination] = [tokens.length - 3, tokens.length - 1];
      const written = tf.randomNormal([3, sae.dIn], 0, 1, 'float32', layer + 1);
      const found = transformer.logitsOf(
        ablatedResidual(pass, memory, { layer, site: sae.site, position, destination, written }),
        ids,
      );
      for (let row = 0; row < 3; row++) {
        const here = tf.pad(tf.reshape(tf.slice(written, [row, 0], [1, -1]), [1, 1, -1]), [
          [0, 0],
          [position, tokens.length - 1 - position],
          [0, 0],
        ]);
        const own = transformer.layer(layer);
        const whole = runLayers(transformer, embedded(), {
          edit: ({ layer: at, residual, z }) =>
            at === layer
              ? { residual, z, attention: siteOutput(own, sae.site, tf.sub(siteInput(own, sae.site, z), here)) }
              : { residual, z },
        });
        const last = tf.slice(tf.squeeze(whole, [0]), [destination, 0], [1, -1]);
        const expected = tf.squeeze(transformer.unembed(last)).dataSync();
        const [a, b] = [found.dataSync()[2 * row], found.dataSync()[2 * row + 1]];
        expect(Math.abs(a - expected[7])).toBeLessThan(tolerance * largest(expected));
        expect(Math.abs(b - expected[3])).toBeLessThan(tolerance * largest(expected));
      }
    }
  });
});
