import { recordingEffects } from '../../pipeline/effects.ts';
import type { SaeRow } from '../../pipeline/measures/quality/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { biasedModel, dModel, dSae, foldedConfig, nHeads, nLayers, saeTensors } from './folded-case.ts';
import {
  add,
  type Block,
  crossEntropy,
  forward,
  type LayerTrace,
  type Matrix,
  matrixOf,
  plainModel,
  subtract,
  times,
} from './processed-model.ts';
import { temporaryFolder } from './reference-case.ts';

const layers = Array.from({ length: nLayers }, (_, layer) => layer);

export interface Tables {
  readonly saes: readonly SaeRow[];
  readonly features: readonly FeatureRow[][];
  readonly top: readonly ReadonlyMap<number, ExampleRow>[];
  readonly upstream: readonly ReadonlyMap<number, UpstreamRow[]>[];
  readonly contexts: readonly number[][];
  readonly lines: readonly string[];
}

/** Runs a case, and reads what it wrote. */
export async function tablesOf(...[kase, settings]: [Parameters<typeof foldedConfig>[1], object?]): Promise<Tables> {
  const { effects, lines } = recordingEffects();
  const config = await foldedConfig(await temporaryFolder(), kase, settings);
  await run(config, effects);
  const reader = await openRun(config.out);
  const tables = {
    saes: await reader.saes(),
    features: await Promise.all(layers.map((layer) => reader.features(String(layer), 0, dSae))),
    top: await Promise.all(layers.map((layer) => firstExamples(reader, layer))),
    upstream: await Promise.all(layers.map((layer) => reader.upstream(String(layer), 0, dSae))),
    contexts: (await reader.contexts(0, reader.counts.contexts)).map(({ token_ids }) => [...token_ids]),
    lines,
  };
  reader.close();
  return tables;
}

async function firstExamples(reader: RunReader, layer: number): Promise<Map<number, ExampleRow>> {
  const firsts = new Map<number, ExampleRow>();
  for (const [feature, rows] of await reader.examples(String(layer), 0, dSae)) {
    const first = rows.find(({ interval, rank }) => interval === 0 && rank === 0);
    if (first) firsts.set(feature, first);
  }
  return firsts;
}

/** What TransformerLens makes of the model, and its runs of a corpus, with what each SAE makes of its z. */
export function processedRuns(contexts: readonly number[][], fold: (block: Block) => Block, subtractsBias: boolean) {
  const plain = plainModel(biasedModel(), nLayers, nHeads);
  const model = { ...plain, blocks: plain.blocks.map(fold) };
  const saes = layers.map((layer) => {
    const tensors = saeTensors(layer);
    const matrix = (name: string) =>
      matrixOf(tensors[name] ?? { shape: [0], dtype: 'float32', data: new Float32Array() });
    const [bEnc = [], bDec = []] = [matrix('b_enc')[0], matrix('b_dec')[0]];
    const [wEnc, wDec] = [matrix('W_enc'), matrix('W_dec')];
    const encode = (z: Matrix) =>
      z.map((x) => add(times(subtractsBias ? subtract(x, bDec) : x, wEnc), bEnc).map((pre) => Math.max(0, pre)));
    const decode = (f: Matrix) => f.map((row) => add(times(row, wDec), bDec));
    return { wEnc, bEnc, bDec, encode, decode };
  });
  const runs = contexts.map((tokens) => ({ tokens, ...forward(model, tokens) }));
  return { model, saes, runs };
}

export type Runs = ReturnType<typeof processedRuns>;

/** DFA by head and source of feature i at position t: A^h[t, s]·(v^h_s·wEnc[:, i]^h). */
export function attributionOf({ pattern, value }: LayerTrace, column: readonly number[], t: number): Matrix {
  const dHead = dModel / nHeads;
  return pattern.map((rows, h) =>
    (rows[t] ?? []).map((weight, s) => {
      const own = [h * dHead, (h + 1) * dHead] as const;
      const read = (value[s] ?? []).slice(...own).reduce((sum, v, d) => sum + v * (column.slice(...own)[d] ?? 0), 0);
      return weight * read;
    }),
  );
}

/** The quality of a layer's SAE on all contexts, in float64. */
export function qualityOf({ model, saes, runs }: Runs, layer: number) {
  const sae = saes[layer];
  if (!sae) throw new Error('no sae');
  const z = runs.flatMap(({ layers: traces }) => traces[layer]?.z.slice(1) ?? []);
  const f = sae.encode(z);
  const mean = z.reduce((sum, row) => add(sum, row)).map((total) => total / z.length);
  const squares = (rows: Matrix) => rows.flat().reduce((sum, value) => sum + value * value, 0);
  const error = squares(sae.decode(f).map((row, i) => subtract(row, z[i] ?? [])));
  const spread = squares(z.map((row) => subtract(row, mean)));
  const ce = (edit: (z: Matrix) => Matrix) => {
    const losses = runs.map(({ tokens }) => {
      const { logits } = forward(model, tokens, (at, own) => (at === layer ? edit(own) : own));
      return crossEntropy(logits, tokens);
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  };
  return {
    l0: f.flat().filter((value) => value > 0).length / z.length,
    explained_variance: 1 - error / spread,
    ce_clean: ce((own) => own),
    ce_sae: ce((own) => sae.decode(sae.encode(own))),
    ce_zero: ce((own) => own.map((row) => row.map(() => 0))),
    ce_mean: ce((own) => own.map(() => mean)),
  };
}
