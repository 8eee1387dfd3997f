import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { floatSpec, intSpec, program } from '../../pipeline/engine/program.ts';
import { WeightFiles } from '../../pipeline/files/weight-files.ts';
import { type FloatTensor, float32, int32 } from '../../pipeline/numbers/tensor.ts';

const [vocabulary, width] = [65_536, 64];
const tokens = [65_535, 7, 30_000];
const data = Float32Array.from({ length: vocabulary * width }, (_, i) => ((i * 7919) % 1009) / 1009);
const row = (token: number) => data.subarray(token * width, (token + 1) * width);

let out: string;
let files: WeightFiles;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'atlas-weights-'));
  files = await WeightFiles.open(out);
});
afterEach(async () => {
  await files.remove();
  await rm(out, { recursive: true });
});

/** Token embeddings times all of them: a tied unembedding. */
const tied = (embedding: FloatTensor) =>
  program({
    name: 'tied embeddings',
    inputs: { tokens: intSpec(tokens.length) },
    outputs: { logits: floatSpec(tokens.length, vocabulary) },
    weights: { embedding },
    body: ({ tokens }, weights) => {
      const rows = tf.gather(weights.embedding, tokens as tf.Tensor1D) as tf.Tensor2D;
      return { logits: tf.matMul(rows, weights.embedding as tf.Tensor2D, false, true) };
    },
  });

/** Kilobytes in memory of what is mapped from files in a folder. */
async function residentKilobytes(folder: string): Promise<number> {
  const mappings = (await readFile('/proc/self/smaps', 'utf8')).split(/^(?=[\da-f]+-[\da-f]+ )/m);
  return mappings
    .filter((mapping) => mapping.includes(folder))
    .reduce((sum, mapping) => sum + Number(/^Rss:\s+(\d+) kB/m.exec(mapping)?.[1]), 0);
}

it.runIf(process.platform === 'linux')(
  'keeps of an embedding in a file the rows that were read, though it multiplies by all',
  async () => {
    const engine = await createEngine({ backend: 'onnx-cpu' });
    const run = await engine.compile(tied(await files.keep(float32([vocabulary, width], data))));
    const { logits } = await run({ tokens: int32([tokens.length], Int32Array.from(tokens)) });
    const product = row(7).reduce((sum, value, i) => sum + value * row(30_000)[i], 0);
    expect(logits.data[1 * vocabulary + 30_000]).toBeCloseTo(product, 3);
    expect(await residentKilobytes(out)).toBeLessThan(data.byteLength / 1024 / 8);
    await run.dispose();
  },
);

it('reads rows of a file by an input, whatever its shape, and by what is computed of one', async () => {
  const engine = await createEngine({ backend: 'onnx-cpu' });
  const rows = program({
    name: 'rows',
    inputs: { tokens: intSpec(1, tokens.length) },
    outputs: { own: floatSpec(tokens.length, width), before: floatSpec(tokens.length, width) },
    weights: { embedding: await files.keep(float32([vocabulary, width], data)) },
    body({ tokens }, { embedding }) {
      const flat = tf.reshape(tokens, [-1]) as tf.Tensor1D;
      return {
        own: tf.gather(embedding, flat),
        before: tf.gather(embedding, tf.sub(flat, tf.scalar(1, 'int32')) as tf.Tensor1D),
      };
    },
  });
  const run = await engine.compile(rows);
  for (const shift of [0, 3]) {
    const asked = tokens.map((token) => token - shift);
    const { own, before } = await run({ tokens: int32([1, tokens.length], Int32Array.from(asked)) });
    expect([...own.data]).toEqual(asked.flatMap((token) => [...row(token)]));
    expect([...before.data]).toEqual(asked.flatMap((token) => [...row(token - 1)]));
  }
  await run.dispose();
});
