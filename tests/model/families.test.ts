import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, intSpec, program } from '../../pipeline/engine/index.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { openSafetensors } from '../../pipeline/files/safetensors/safetensors.ts';
import { families } from '../../pipeline/model/families/index.ts';
import { checkpointFrom, weightsFrom } from '../../pipeline/model/family.ts';
import { type Model, modelConfigSchema } from '../../pipeline/model/model.ts';
import { attentionStates, logits, Transformer } from '../../pipeline/model/transformer.ts';
import { type HostTensor, int32 } from '../../pipeline/numbers/tensor.ts';

/** Float32 against float64, relative to the largest number. */
const tolerance = 1e-5;
const fixtures = 'tests/fixtures/families';
const cases = readdirSync(fixtures, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

it('there is a case of every family', async () => {
  const read = await Promise.all(cases.map((name) => loadModel(join(fixtures, name))));
  const found = new Set(read.map(({ config }) => config.modelType));
  expect([...found].sort()).toEqual(families.map(({ modelType }) => modelType).sort());
});

describe.each(cases)('%s', (name) => {
  let model: Model;
  let wanted: Record<string, Float32Array>;
  let found: Readonly<Record<string, HostTensor>>;

  beforeAll(async () => {
    model = await loadModel(join(fixtures, name));
    wanted = await expectedOf(name);
    found = await forward(model, wanted.tokens ?? new Float32Array());
  });

  it('has the logits, patterns, values and z that its own implementation computes', () => {
    const { tokens: _, ...expected } = wanted;
    expect(Object.keys(expected).sort()).toEqual(Object.keys(found).sort());
    expect(Object.keys(expected)).toHaveLength(1 + 3 * model.config.nLayers);
    for (const [what, values] of Object.entries(expected)) expectClose(found[what]?.data, values, what);
  });

  it('has a config that survives the explorer’s manifest', () => {
    expect(modelConfigSchema.parse(JSON.parse(JSON.stringify(model.config)))).toEqual(model.config);
  });

  it('has a checkpoint that is written as it was read', () => {
    const family = families.find(({ modelType }) => modelType === model.config.modelType);
    if (!family) throw new Error(`no family ${model.config.modelType}`);
    const again = weightsFrom(family, model.config, checkpointFrom(family, model.config, model.weights));
    for (const [tensor, { shape, data }] of Object.entries(model.weights)) {
      expect(again[tensor]?.shape, tensor).toEqual(shape);
      expectClose(again[tensor]?.data, data, tensor);
    }
  });
});

async function expectedOf(name: string): Promise<Record<string, Float32Array>> {
  const file = await openSafetensors(join(fixtures, name, 'expected.safetensors'));
  const entries: [string, Float32Array][] = [];
  for (const tensor of file.shapes.keys()) entries.push([tensor, (await file.read(tensor)).data]);
  await file.close();
  return Object.fromEntries(entries);
}

async function forward(model: Model, tokens: Float32Array): Promise<Readonly<Record<string, HostTensor>>> {
  const { config } = model;
  const { nHeads, dHead, nLayers, vocabSize } = config;
  const length = tokens.length;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const specs = {
    pattern: floatSpec(1, nHeads, length, length),
    value: floatSpec(1, nHeads, length, dHead),
    z: floatSpec(1, length, nHeads * dHead),
  };
  const run = await engine.compile(
    program({
      name: 'everything',
      inputs: { tokens: intSpec(1, length) },
      outputs: {
        layers: Object.fromEntries(layers.map((layer) => [layer, specs])),
        logits: floatSpec(1, length, vocabSize),
      },
      weights: model.weights,
      body({ tokens: ids }, loaded) {
        const transformer = new Transformer(config, loaded);
        const states = attentionStates(transformer, ids, nLayers - 1);
        return {
          layers: Object.fromEntries(states.map(({ pattern, value, z }, layer) => [layer, { pattern, value, z }])),
          logits: logits(transformer, ids),
        };
      },
    }),
  );
  const outputs = await run({ tokens: int32([1, length], Int32Array.from(tokens)) });
  await run.dispose();
  const named = Object.entries(outputs.layers).flatMap(([layer, own]) =>
    Object.entries(own).map(([what, tensor]): [string, HostTensor] => [`${what}.${layer}`, tensor]),
  );
  return { ...Object.fromEntries(named), logits: outputs.logits };
}

function expectClose(actual: ArrayLike<number> | undefined, wanted: Float32Array, what: string): void {
  expect(actual?.length, what).toBe(wanted.length);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? Number.NaN))), 0);
  expect(scale, what).toBeGreaterThan(0.01);
  expect(worst / scale, what).toBeLessThan(tolerance);
}
