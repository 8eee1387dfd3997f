import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, intSpec, program } from '../../pipeline/engine/index.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { families } from '../../pipeline/model/families/index.ts';
import { checkpointFrom, weightsFrom } from '../../pipeline/model/family.ts';
import { type Model, modelConfigSchema } from '../../pipeline/model/model.ts';
import { attentionStates, logits, Transformer } from '../../pipeline/model/transformer.ts';
import { type HostTensor, int32 } from '../../pipeline/numbers/tensor.ts';
import { expectClose, expectedOf, familyCases, familyFolder } from './family-cases.ts';

/** Float32 against float64. */
const tolerance = 1e-5;
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

it('there is a case of every family', async () => {
  const models = await Promise.all(familyCases.map((name) => loadModel(familyFolder(name))));
  const found = new Set(models.map(({ config }) => config.modelType));
  expect([...found].sort()).toEqual(families.map(({ modelType }) => modelType).sort());
});

describe.each(familyCases)('%s', (name) => {
  let model: Model;

  beforeAll(async () => {
    model = await loadModel(familyFolder(name));
  });

  it('has the logits, patterns, values and z that its own implementation computes', async () => {
    const { tokens, outputs } = await expectedOf(name);
    const found = await forward(model, tokens);
    expect(outputs.size).toBe(1 + 3 * model.config.nLayers);
    expect(Object.keys(found).sort()).toEqual([...outputs.keys()].sort());
    for (const [what, values] of outputs) expectClose(found[what]?.data, values, what, tolerance);
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
      expectClose(again[tensor]?.data, data, tensor, tolerance);
    }
  });
});

async function forward(model: Model, tokens: readonly number[]): Promise<Readonly<Record<string, HostTensor>>> {
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
