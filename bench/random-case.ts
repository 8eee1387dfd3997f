import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, program } from '../pipeline/engine/program.ts';
import type { Model } from '../pipeline/model/model.ts';
import { tensorShapes } from '../pipeline/model/tensors.ts';
import { type Random, randomInteger, randomNormal, seededRandom } from '../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, int32, sizeOf, type Shape as TensorShape } from '../pipeline/numbers/tensor.ts';
import { type ContextFile, openContexts, writeContexts } from '../pipeline/record/context-file.ts';
import { forwardProgram, placeName } from '../pipeline/record/programs.ts';
import { preActivations, type Sae, saeTensors, saeWeights } from '../pipeline/sae/sae.ts';
import { modelConfigOf, type Shape } from './shape.ts';

/** A timing case: random weights, one SAE on the last layer, random tokens. */
export interface RandomCase {
  readonly shape: Shape;
  readonly model: Model;
  readonly sae: Sae;
  readonly contexts: ContextFile;
}

/** Share of tokens at which each feature is active, about. */
const density = 0.013;
const calibrationContexts = 16;

/** Makes a case; its packed contexts are written into `folder`. The engine is used to calibrate the SAE. */
export async function randomCase(shape: Shape, engine: Engine, folder: string): Promise<RandomCase> {
  const random = seededRandom(1);
  const model = randomModel(shape, random);
  const path = join(folder, 'contexts.bin');
  await writeContexts(path, randomContexts(shape, random), () => {});
  const sae = await calibratedSae(shape, model, engine, random);
  return { shape, model, sae, contexts: await openContexts(path, shape.length) };
}

/** The case's first contexts alone. */
export function firstContexts(benchCase: RandomCase, count: number): RandomCase {
  const { shape, contexts } = benchCase;
  return { ...benchCase, shape: { ...shape, contexts: count }, contexts: { ...contexts, count } };
}

function randomModel(shape: Shape, random: Random): Model {
  const config = modelConfigOf(shape);
  const shapes = tensorShapes(config);
  const normals = normalTable(random);
  const weights = Object.entries(shapes).map(([name, dims]) => [name, randomWeight(name, dims, normals, random)]);
  return { config, weights: Object.fromEntries(weights) };
}

/** Weights of a size that keeps the residual stream's in bounds; gains are 1 and biases 0. */
function randomWeight(name: string, dims: TensorShape, normals: Float32Array, random: Random): FloatTensor {
  if (name.endsWith('.gain')) return float32(dims, new Float32Array(sizeOf(dims)).fill(1));
  if (name.endsWith('.bias')) return float32(dims);
  if (name === 'embedding.tokens') return normalTensor(dims, 0.1, normals, random);
  if (name === 'embedding.positions') return normalTensor(dims, 0.02, normals, random);
  const scale = dims[0] ** -0.5;
  return normalTensor(dims, /\.(output|out)\.weight$/.test(name) ? scale / 2 : scale, normals, random);
}

/** Normal numbers to draw from: a hundred million would take longer to make than to use. */
function normalTable(random: Random): Float32Array {
  return Float32Array.from({ length: 1 << 16 }, () => randomNormal(random));
}

function normalTensor(dims: TensorShape, scale: number, normals: Float32Array, random: Random): FloatTensor {
  const tensor = float32(dims);
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = scale * normals[Math.floor(random() * normals.length)];
  return tensor;
}

async function* randomContexts(shape: Shape, random: Random): AsyncGenerator<Int32Array> {
  for (let context = 0; context < shape.contexts; context++) yield randomContext(shape, random);
}

/** The beginning-of-sequence token, then tokens at random. */
function randomContext({ length, vocabSize }: Shape, random: Random): Int32Array {
  return Int32Array.from({ length }, (_, position) =>
    position === 0 ? vocabSize - 1 : randomInteger(random, 0, vocabSize - 1),
  );
}

/** An SAE of random unit directions, whose biases make each feature active at about `density` of the tokens. */
async function calibratedSae(shape: Shape, model: Model, engine: Engine, random: Random): Promise<Sae> {
  const layer = shape.nLayers - 1;
  const z = await sampleZ(shape, model, engine, random);
  const wEnc = unitColumns(shape.dModel, shape.dSae, random);
  const uncalibrated: Sae = {
    id: String(layer),
    layer,
    site: 'z',
    dIn: shape.dModel,
    dSae: shape.dSae,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    wEnc,
    bEnc: float32([shape.dSae]),
    wDec: transposed(wEnc),
    bDec: meanRow(z),
    source: 'random',
  };
  return { ...uncalibrated, bEnc: await biasesOf(uncalibrated, z, engine) };
}

async function sampleZ(shape: Shape, model: Model, engine: Engine, random: Random): Promise<FloatTensor> {
  const { nLayers, length } = shape;
  const layer = nLayers - 1;
  const tokens = int32([calibrationContexts, length]);
  for (let i = 0; i < calibrationContexts; i++) tokens.data.set(randomContext(shape, random), i * length);
  const place = { layer, site: 'z' } as const;
  const forward = await engine.compile(forwardProgram(model, [place], { batch: calibrationContexts, length }));
  const { places } = await forward({ tokens });
  await forward.dispose();
  return places[placeName(place)];
}

/** Minus the pre-activation that a share `density` of the sample's tokens exceeds, by feature. */
async function biasesOf(sae: Sae, z: FloatTensor, engine: Engine): Promise<FloatTensor> {
  const [rows = 0] = z.shape;
  const k = Math.max(1, Math.floor(density * rows));
  const highest = await engine.compile(
    program({
      name: 'highest pre-activations',
      inputs: { z: floatSpec(rows, sae.dIn) },
      outputs: { least: floatSpec(sae.dSae) },
      weights: saeWeights(sae),
      body({ z }, weights) {
        const { values } = tf.topk(tf.transpose(preActivations(sae, saeTensors(sae, weights), z)), k);
        return { least: tf.reshape(tf.neg(tf.slice(values, [0, k - 1], [-1, 1])), [sae.dSae]) };
      },
    }),
  );
  const { least } = await highest({ z });
  await highest.dispose();
  return least;
}

function unitColumns(rows: number, columns: number, random: Random): FloatTensor {
  const tensor = normalTensor([rows, columns], 1, normalTable(random), random);
  const squares = new Float64Array(columns);
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) squares[i % columns] += data[i] ** 2;
  for (let i = 0; i < data.length; i++) data[i] = data[i] / Math.sqrt(squares[i % columns]);
  return tensor;
}

function transposed({ shape, data }: FloatTensor): FloatTensor {
  const [rows = 0, columns = 0] = shape;
  const result = float32([columns, rows]);
  for (let i = 0; i < data.length; i++) {
    result.data[(i % columns) * rows + Math.floor(i / columns)] = data[i];
  }
  return result;
}

function meanRow({ shape, data }: FloatTensor): FloatTensor {
  const [rows = 1, columns = 0] = shape;
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) sums[i % columns] += data[i];
  return float32(
    [columns],
    Float32Array.from(sums, (sum) => sum / rows),
  );
}
