import { expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { append } from '../../pipeline/numbers/append.ts';
import { type AttributedExample, Attributor } from '../../pipeline/record/attributor.ts';
import { tinyModel, tinySae } from '../engine/pipeline-programs.ts';
import { random } from '../engine/programs.ts';

const length = 16;

it('gives an example the same attribution, to the bit, with however many others it comes', async () => {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const attributor = new Attributor({ engine, model: tinyModel(), sae: tinySae(1), length });
  const [pattern, value] = [random([4, length, length], 1), random([4, length, 8], 2)];
  const examples = Array.from({ length: 150 }, (_, i) => ({ feature: i % 40, position: 1 + (i % 15) }));
  const attributed = async (some: readonly AttributedExample[]) => {
    const all: number[] = [];
    for await (const { bySource, byHead, outputBias } of attributor.attribute(pattern, value, some)) {
      for (let i = 0; i < outputBias.length; i++) {
        append(all, [...bySource.subarray(i * length, (i + 1) * length), ...byHead.subarray(4 * i, 4 * (i + 1))]);
        all.push(outputBias[i] ?? Number.NaN);
      }
    }
    return all;
  };
  const together = await attributed(examples);
  expect(together.some((x) => x !== 0)).toBe(true);
  for (const size of [1, 8, 9, 33]) {
    const apart: number[] = [];
    for (let at = 0; at < examples.length; at += size) append(apart, await attributed(examples.slice(at, at + size)));
    expect(apart).toEqual(together);
  }
  await attributor.dispose();
});
