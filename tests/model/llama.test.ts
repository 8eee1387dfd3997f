import { beforeAll, describe, expect, it } from 'vitest';
import {
  createEngine,
  type Engine,
  floatSpec,
  type HostTensors,
  intSpec,
  type OnHost,
  type Program,
  program,
  type Specs,
  type TensorSpec,
} from '../../pipeline/engine/index.ts';
import { llama } from '../../pipeline/model/families/llama.ts';
import { checkpointFrom, weightsFrom } from '../../pipeline/model/family.ts';
import { type Model, modelConfigSchema } from '../../pipeline/model/model.ts';
import { logits, Transformer } from '../../pipeline/model/transformer.ts';
import { type HostTensor, int32 } from '../../pipeline/numbers/tensor.ts';
import { forwardProgram } from '../../pipeline/record/programs.ts';
import { plainForward } from './plain-llama.ts';
import { randomCheckpoint, rotaryCases } from './rotary-cases.ts';
import { toy, toyJson } from './toy-family.ts';

/** Float32 against float64, relative to the largest number. */
const tolerance = 1e-5;
const contexts = [
  [39, 3, 7, 1, 3, 7, 12, 0, 5, 30, 22],
  [39, 8, 8, 8, 21, 4, 39, 17, 2, 2, 11],
];
const length = 11;
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

type Nested = number | readonly Nested[];
const flat = (values: Nested): readonly number[] => (typeof values === 'number' ? [values] : values.flatMap(flat));

function expectClose(actual: HostTensor | undefined, wanted: Nested, what: string): void {
  const numbers = flat(wanted);
  expect(actual?.data.length, what).toBe(numbers.length);
  const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = numbers.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(actual?.data[i]))), 0);
  expect(scale, what).toBeGreaterThan(0.01);
  expect(worst / scale, what).toBeLessThan(tolerance);
}

async function run<O extends Specs, W extends HostTensors>(
  parts: Program<{ tokens: TensorSpec<'int32'> }, O, W>,
): Promise<OnHost<O>> {
  const compiled = await engine.compile(parts);
  const outputs = await compiled({ tokens: int32([2, length], Int32Array.from(contexts.flat())) });
  await compiled.dispose();
  return outputs;
}

const logitsProgram = ({ config, weights }: Model) =>
  program({
    name: 'logits',
    inputs: { tokens: intSpec(2, length) },
    outputs: { logits: floatSpec(2, length, config.vocabSize) },
    weights,
    body: ({ tokens }, loaded) => ({ logits: logits(new Transformer(config, loaded), tokens) }),
  });

describe.each(rotaryCases())('a random model of the family $name', ({ model, plain }) => {
  const wanted = contexts.map((tokens) => plainForward(plain, tokens));

  it('has the patterns, values and z of the plain forward pass in every layer', async () => {
    const layers = [...plain.layers.keys()];
    const places = layers.map((layer) => ({ layer, site: 'z' }) as const);
    const outputs = await run(forwardProgram(model, places, { batch: 2, length }));
    for (const layer of layers) {
      const found = { ...outputs.layers[layer], z: outputs.places[`z.${layer}`] };
      for (const name of ['pattern', 'value', 'z'] as const) {
        const expected = wanted.map((pass) => pass.layers[layer]?.[name] ?? []);
        expectClose(found[name], expected, `${name}.${layer}`);
      }
    }
  });

  it('has its logits', async () => {
    const outputs = await run(logitsProgram(model));
    expectClose(
      outputs.logits,
      wanted.map((pass) => pass.logits),
      'logits',
    );
  });

  it('has a config that survives the explorer’s manifest', () => {
    expect(modelConfigSchema.parse(JSON.parse(JSON.stringify(model.config)))).toEqual(model.config);
  });
});

it.each([
  ['llama', llama, rotaryCases()[0]?.model],
  ['toy', toy, rotaryCases()[1]?.model],
] as const)('a checkpoint of the family %s is written as it was read', (_, family, model) => {
  if (!model) throw new Error('no model');
  const checkpoint = checkpointFrom(family, model.config, model.weights);
  expect(weightsFrom(family, model.config, checkpoint)).toEqual(model.weights);
  if (family === toy) expect(checkpoint).toEqual(randomCheckpoint(toy, toyJson));
});
