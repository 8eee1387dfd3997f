import type { RunRecord } from '../../pipeline/record/run-record.ts';

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
