import type { RunRecord } from '../../pipeline/record/run-record.ts';
import { CONTEXT, CONTEXTS, D_HEAD, type SyntheticShape } from './synthetic-shape.ts';

/** The record of a run, with the parts that a test is about put into a plausible whole. */
export function exampleRecord(parts: Partial<RunRecord> = {}): RunRecord {
  const sha256 = '0'.repeat(64);
  const files = (...names: string[]) => names.map((file) => ({ file, sha256 }));
  const counts = { files: 1, filesGiven: 1, documents: 10, tokens: 1000, contexts: 8, features: 48, alive: 40 };
  const sample = { contexts: 4, tokens: 500 };
  return {
    version: '0.1.0',
    fingerprint: sha256,
    config: { context: 128 },
    model: {
      name: 'tiny',
      nLayers: 1,
      nHeads: 2,
      sha256,
      files: files('model/config.json', 'model/model.safetensors'),
    },
    tokenizer: { sha256, vocabSize: 64, files: files('model/tokenizer.json') },
    saes: [],
    corpus: [{ file: 'corpus/text.jsonl', format: 'jsonl', bytes: 5000, sha256, documents: 10, tokens: 1000 }],
    counts,
    samples: { quality: sample, proxy: sample, compared: sample, attention: sample, counted: sample, checked: sample },
    timings: {},
    versions: {},
    completedAt: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

/** The record of a synthetic run. */
export function syntheticRecord(shape: SyntheticShape, alive: number): RunRecord {
  const sizes = { nLayers: shape.layers, nHeads: shape.heads, dHead: D_HEAD, dModel: shape.heads * D_HEAD };
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const model = { modelType: 'gpt2', ...sizes, dMlp: 4 * sizes.dModel, nContext: CONTEXT, vocabSize: shape.vocabulary };
  const read = { documents: CONTEXTS, tokens: CONTEXTS * (CONTEXT - 1) };
  const example = exampleRecord();
  const [text] = example.corpus;
  return {
    ...example,
    config: { context: CONTEXT, examples: 20, seed: shape.seed, window: { before: 32, after: 8 } },
    model: {
      ...{ ...example.model, name: 'synthetic', ...model },
      ...{ epsilon: 1e-5, activation: 'gelu_new', bosTokenId: 0, eosTokenId: 0 },
    },
    saes: layers.map((layer) => ({
      ...{ id: String(layer), layer, site: 'z', source: `saes/layer-${layer}`, foldedBias: 'none' },
      ...{ sha256: text.sha256, files: [] },
    })),
    corpus: [{ ...text, ...read }],
    counts: {
      ...{ files: 1, filesGiven: 1, ...read, contexts: CONTEXTS },
      ...{ features: shape.layers * shape.features, alive },
    },
  };
}
