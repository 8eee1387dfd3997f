import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runSchema } from '../../../pipeline/commands/run.ts';
import { trainSchema } from '../../../pipeline/commands/train.ts';
import { parseArguments } from '../../../pipeline/config/arguments.ts';
import { flagsOf } from '../../../pipeline/config/field.ts';
import { parseConfig } from '../../../pipeline/config/parse.ts';
import { parseExplorerManifest } from '../../../pipeline/files/explorer-manifest.ts';
import { readJsonFile } from '../../../pipeline/files/files.ts';
import { parseTokenizerParts } from '../../../pipeline/files/tokenizer/tokenizer-json.ts';
import { readStudyRecord } from '../../../pipeline/measures/studies/study-record.ts';
import { pickOne } from '../../../pipeline/numbers/seeded-random.ts';
import { readTrainingCurve } from '../../../pipeline/sae/formats/training-curve.ts';
import { openRun } from '../../../pipeline/tables/reader.ts';
import { tokenizerJson } from '../../files/tiny-tokenizer.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';
import type { FuzzTarget } from '../fuzz.ts';
import { mutateJson, mutateText } from '../mutate.ts';

const file = { path: 'a.bin', bytes: 4 };
const manifest = {
  version: 3,
  fingerprint: 'abc',
  modelName: 'tiny',
  config: {
    ...gpt2Conventions,
    nLayers: 1,
    nHeads: 2,
    nKvHeads: 2,
    dHead: 2,
    dModel: 4,
    dMlp: 16,
    nContext: 6,
    vocabSize: 5,
    epsilon: 1e-5,
    activation: 'gelu',
    bosTokenId: 0,
    eosTokenId: 0,
    tiedEmbedding: true,
  },
  maxTokens: 6,
  tokenizer: file,
  shared: file,
  layers: [file],
  saes: [
    {
      id: '0',
      layer: 0,
      site: 'z',
      dIn: 4,
      dSae: 8,
      activation: { kind: 'topk', k: 2 },
      subtractDecoderBias: true,
      source: 'x',
      file,
    },
  ],
};

/** Reads a JSON file as every file of ours is read. */
async function jsonIn(folder: string, text: string): Promise<unknown> {
  await writeFile(join(folder, 'a.json'), text);
  return readJsonFile(join(folder, 'a.json'));
}

const explorer: FuzzTarget = {
  name: 'explorer manifest',
  share: 8,
  run: async (random, folder) =>
    void parseExplorerManifest(await jsonIn(folder, mutateJson(random, manifest)), 'manifest.json'),
};

const parts: FuzzTarget = {
  name: 'explorer tokenizer',
  share: 4,
  run: async (random, folder) =>
    void parseTokenizerParts(await jsonIn(folder, mutateJson(random, { tokenizer: tokenizerJson, config: {} }))),
};

const files = { sha256: 'x', files: [{ file: 'model/config.json', sha256: 'x' }] };
const run = {
  version: '0.1.0',
  fingerprint: 'x',
  config: { context: 12 },
  model: { ...files, name: 'tiny', nLayers: 3, nHeads: 2 },
  tokenizer: { ...files, vocabSize: 5 },
  saes: [{ ...files, layer: 0, source: '0', foldedBias: 'none' }],
  corpus: [{ file: 'corpus/a.txt', format: 'text', bytes: 1, sha256: 'x', documents: 1, tokens: 9 }],
  counts: { files: 1, filesGiven: 1, documents: 1, tokens: 9, contexts: 1, features: 48, alive: 0 },
  timings: {},
  versions: { node: 'v22' },
  completedAt: '2024-01-01T00:00:00.000Z',
};

const runRecord: FuzzTarget = {
  name: 'run.json',
  share: 1,
  async run(random, folder) {
    await writeFile(join(folder, 'run.json'), mutateJson(random, run));
    (await openRun(folder)).close();
  },
};

const study = {
  study: 'ioi',
  version: '0.1.0',
  fingerprint: 'x',
  run: null,
  model: { name: 'tiny', sha256: 'x' },
  settings: { seed: 1 },
  forwardPasses: 3,
  forwardTokens: 9,
  elapsedSeconds: 0.5,
  verdict: 'None.',
  notes: ['a'],
};

const studyRecord: FuzzTarget = {
  name: 'study record',
  share: 8,
  async run(random, folder) {
    await writeFile(join(folder, 'study_ioi.json'), mutateJson(random, study));
    await readStudyRecord(folder, 'ioi');
  },
};

const point = {
  step: 1,
  tokens: 64,
  learning_rate: 0.1,
  loss: 2,
  explained_variance: 0.5,
  l0: 4,
  dead: 0,
  threshold: 0.1,
};

const trainingCurve: FuzzTarget = {
  name: 'training curve',
  share: 4,
  async run(random, folder) {
    const path = join(folder, 'training_curve.json');
    await writeFile(path, mutateJson(random, { curve: [point, { ...point, step: 2 }] }));
    await readTrainingCurve(path);
  },
};

const settings = {
  model: 'model',
  saes: 'saes',
  corpus: ['a.txt', 'b/*.jsonl'],
  out: 'out',
  context: 128,
  tokens: 1e6,
  layers: [0, 1],
  seed: 1,
  window: { before: 3, after: 4 },
  studies: ['ioi'],
  backend: 'onnx-cpu',
};

const configFile: FuzzTarget = {
  name: 'config file',
  share: 8,
  async run(random, folder) {
    await writeFile(join(folder, 'c.json'), mutateJson(random, settings));
    const schema = pickOne(random, [runSchema, trainSchema]);
    const args = { given: new Map(), configFile: 'c.json', help: false };
    parseConfig({ schema, command: 'run', args, cwd: folder, otherSettings: ['studies', 'window'] });
  },
};

const argv = '--model m --saes s --corpus a.txt b.txt --out o --layers 0,1 --context 9 --tokens 5 --window-before 3';

const commandLine: FuzzTarget = {
  name: 'command line',
  share: 8,
  run(random, folder) {
    const args = parseArguments(mutateText(random, argv).split(' '), flagsOf(runSchema), 'run');
    if (args.configFile === undefined) parseConfig({ schema: runSchema, command: 'run', args, cwd: folder });
  },
};

export const recordTargets: readonly FuzzTarget[] = [
  explorer,
  parts,
  runRecord,
  studyRecord,
  trainingCurve,
  configFile,
  commandLine,
];
