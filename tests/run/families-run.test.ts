import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { siteSchema } from '../../pipeline/commands/site.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import type { ExampleRow } from '../../pipeline/measures/statistics/table.ts';
import { findExplorerInputs } from '../../pipeline/publish/explorer/find-inputs.ts';
import { writeExplorerFiles } from '../../pipeline/publish/explorer/write-files.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { createSession } from '../../site/explorer/engine/session.ts';
import type { ExplorerSession } from '../../site/explorer/protocol.ts';
import { platformOf } from '../site/explorer/engine/tiny-site.ts';
import { dSae, type FamilyRun, familyRun } from './family-run-case.ts';
import { byteNames, prefixedNames, unprefixedNames, withoutBos } from './names-tokenizers.ts';
import { removeTemporaryFolders } from './reference-case.ts';

const allZ = new Map([0, 1, 2].map((layer) => [layer, 'z' as const]));

const cases: readonly FamilyRun[] = [
  {
    fixture: 'gemma-2',
    tokenizer: unprefixedNames,
    sites: new Map([
      [0, 'z'],
      [1, 'attn_out'],
      [2, 'attn_out'],
    ]),
    settings: { studies: ['induction', 'ioi'] },
  },
  {
    fixture: 'gemma-3',
    tokenizer: prefixedNames,
    sites: new Map([
      [0, 'attn_module'],
      [1, 'z'],
      [2, 'attn_module'],
    ]),
  },
  {
    fixture: 'qwen3',
    tokenizer: withoutBos(byteNames, '<|endoftext|>'),
    fields: { bos_token_id: null },
    sites: allZ,
  },
  { fixture: 'gpt-neox', tokenizer: byteNames, sites: allZ },
  { fixture: 'gpt-neo', tokenizer: byteNames, sites: allZ },
  {
    fixture: 'attn-only-2l',
    tokenizer: byteNames,
    sites: new Map([
      [0, 'z'],
      [1, 'z'],
    ]),
  },
];

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe.each(cases)('a run of $fixture', (given) => {
  const layers = [...given.sites.keys()];
  let config: RunConfig;
  let reader: RunReader;

  beforeAll(async () => {
    config = await familyRun(given);
    await run(config, silentEffects());
    reader = await openRun(config.out);
  }, 60_000);
  afterAll(async () => {
    reader?.close();
    await removeTemporaryFolders();
  });

  interface Attributed extends ExampleRow {
    readonly layer: number;
    /** Activation less its constants. */
    readonly attributed: number;
    readonly constant: number;
    readonly bySource: Float32Array;
    readonly byHead: Float32Array;
  }

  /** The top examples that have attributions. */
  async function attributed(): Promise<Attributed[]> {
    const found: Attributed[] = [];
    for (const layer of layers) {
      const rows = await reader.features(String(layer), 0, dSae);
      const constants = new Map(rows.map(({ feature, constant }) => [feature, constant]));
      for (const example of [...(await reader.examples(String(layer), 0, dSae)).values()].flat()) {
        const { dfa_source: bySource, dfa_head: byHead, dfa_output_bias: outputBias } = example;
        const constant = constants.get(example.feature) ?? Number.NaN;
        if (bySource === null || byHead === null || outputBias === null) continue;
        const whole = example.activation - constant - outputBias;
        found.push({ ...example, layer, constant, attributed: whole, bySource, byHead });
      }
    }
    return found;
  }

  it('has direct attributions that sum with the constants to the activation', async () => {
    const all = await attributed();
    expect(new Set(all.map(({ layer }) => layer)).size).toBe(layers.length);
    expect(all.length).toBeGreaterThan(300);
    for (const { bySource, byHead, attributed: wanted } of all) {
      const scale = Math.max(1, ...bySource.map(Math.abs));
      expect(Math.abs(sum(bySource) - wanted) / scale).toBeLessThan(1e-4);
      expect(Math.abs(sum(byHead) - wanted) / scale).toBeLessThan(1e-4);
    }
  });

  it('has upstream shares that sum to 1', async () => {
    for (const layer of layers) {
      const upstream = await reader.upstream(String(layer), 0, dSae);
      expect(upstream.size).toBeGreaterThan(10);
      for (const rows of upstream.values()) {
        const scale = Math.max(1, ...rows.map(({ share }) => Math.abs(share)));
        expect(Math.abs(sum(rows.map(({ share }) => share)) - 1) / scale).toBeLessThan(1e-3);
      }
    }
  });

  it('has an SAE quality and logit effects that are finite', async () => {
    const saes = await reader.saes();
    expect(saes).toHaveLength(layers.length);
    for (const row of saes) {
      for (const value of Object.values(row)) if (typeof value === 'number') expect(value).toSatisfy(Number.isFinite);
      expect(row.ce_zero).not.toBe(row.ce_clean);
    }
    for (const layer of layers) {
      for (const { positive_logits, negative_logits } of await reader.features(String(layer), 0, dSae)) {
        for (const { value } of [...positive_logits, ...negative_logits]) expect(value).toSatisfy(Number.isFinite);
      }
    }
  });

  it('is studied with the names of its own vocabulary', async () => {
    if (config.studies.includes('induction')) expect((await reader.study('induction'))?.verdict).toBeTruthy();
    const ioi = await reader.study('ioi');
    expect(ioi?.verdict).toMatch(/indirect-object identification|IOI templates/);
    expect(ioi?.settings).toMatchObject({ names: 8, replacesAnd: 'alongside' });
  });

  it('is published so that the explorer gives its activations, attributions and constants', async () => {
    const session = await published(config, reader);
    const shown = (await attributed()).filter(({ context }) => context < 4);
    expect(shown.length).toBeGreaterThan(30);
    let worst = 0;
    for (const [context, own] of Map.groupBy(shown, (example) => example.context)) {
      const [row] = await reader.contexts(context, context + 1);
      const ids = [...(row?.token_ids ?? [])];
      for (const { layer, feature, position, activation, constant, bySource, byHead } of own) {
        const scale = Math.max(1, ...bySource.map(Math.abs));
        const along = await session.activations({ ids, edits: [] }, layer, feature);
        const direct = await session.attribution(ids, { layer, feature, position });
        const at = (head: number, source: number) => direct.byHeadAndSource[head * (position + 1) + source];
        const heads = Array.from(byHead, (_, head) => head);
        const sources = Array.from(bySource, (_, source) => source);
        const differences = [
          along[position] - activation,
          direct.constant - constant,
          ...sources.map((source) => sum(heads.map((head) => at(head, source))) - bySource[source]),
          ...heads.map((head) => sum(sources.map((source) => at(head, source))) - byHead[head]),
        ];
        worst = Math.max(worst, ...differences.map((difference) => Math.abs(difference) / scale));
      }
    }
    expect(worst).toBeLessThan(1e-3);
  });
});

async function published({ out }: RunConfig, reader: RunReader): Promise<ExplorerSession> {
  const inputs = await findExplorerInputs(siteSchema.parse({ run: out, out: 'unused' }), reader.record);
  if (typeof inputs === 'string') throw new Error(inputs);
  const folder = join(out, '..', 'explorer');
  await writeExplorerFiles(inputs, reader, { folder, isLossless: true });
  await tf.setBackend('cpu');
  const session = createSession(platformOf(folder));
  await session.open('/', () => {});
  return session;
}
