import { mostLaidOut } from '../measures/map/map.ts';
import { variantsOfSae } from '../measures/quality/quality-programs.ts';
import { mostKeptRows } from '../measures/upstream/feature-rows.ts';
import { greatest } from '../numbers/extremes.ts';
import { allSaeBytes, modelBytes, mostHeldBytes, saeBytes } from '../record/held-weights.ts';
import { boundedOperations, passOperations, studyOperations, weightOperations } from './operations.ts';
import { assumedL0, bytesPerNumber, featuresOf, lastLayer, layerBytes, type RunShape } from './run-shape.ts';

export interface RunEstimate {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly seconds: number;
  /** Of what --budget would bound, where there is none. */
  readonly unboundedSeconds: number;
  /** Of the studies, which cost the same on a short corpus as on a long one. */
  readonly studySeconds: number;
}

/** Node, ONNX Runtime, DuckDB, a tokenizer and what packing leaves behind: the demo's run has as much at its first forward pass. */
const baseBytes = 0.5e9;
/** Another thread with an engine of its own. */
const laneBytes = 0.1e9;
/** Buffers of an SAE's three logs. */
const logBytes = 3 << 20;
/** A top example: its value, token and record. */
const exampleBytes = 12;
/** What heads and families are judged by, of each feature, from the tables on. */
const featureBytes = 2000;
/** Copies of the widest intermediate values that are alive together: scores, masked, softmax; gate, up and their product. */
const intermediates = 3;
/** The same of logits, capped or not, and their softmax. */
const logitCopies = 3;
/** Rows of upstream sums: numbers of a component by feature, and of a kept feature by example. */
const sumsPerComponent = 5;
const sumsPerExample = 24 * 7;
const componentsPerLayer = 4;
/** A candidate example of upstream's, in lists and arrays. */
const candidateBytes = 40;

/** UMAP: its thread, what it holds of a point, and the time that one takes: 8,166 take 8 s and 40,000 43. */
const layoutBytes = 0.1e9;
const layoutPointBytes = 4000;
const layoutPointSeconds = 0.001;

/** Of an active feature in the log. */
const activationBytes = 6;
/** Attributions are compacted when they are twice those of the top examples. */
const attributionSlack = 2;

/** Of the products' rate that is measured of a lane alone, what a run of all stages reaches in all lanes together. */
const efficiency = 0.5;
/** Host work for a feature's rows, verdict and attributions. */
const secondsPerFeature = 0.0015;

/**
 * What a run will need, by its shapes: memory at the fullest of its stages, disk while it works, and time by the rate at
 * which this machine multiplies matrices [FLOP/s], all lanes together. Its memory, and the time of the demo, are compared with
 * runs in tests/run/estimate.test.ts; disk was compared with none.
 */
export function estimateRun(shape: RunShape, rate: number): RunEstimate {
  const studySeconds = studyOperations(shape) / (efficiency * rate);
  const boundedSeconds = boundedOperations(shape) / (efficiency * rate);
  return {
    memoryBytes: commonBytes(shape) + stagesBytes(shape),
    diskBytes: diskBytes(shape),
    studySeconds,
    unboundedSeconds: shape.budget ? 0 : boundedSeconds,
    seconds:
      studySeconds +
      boundedSeconds +
      passOperations(shape) / (efficiency * rate) +
      weightOperations(shape) / rate +
      secondsPerFeature * featuresOf(shape) +
      layoutPointSeconds * mapsOf(shape).reduce((sum, points) => sum + points, 0),
  };
}

/** Of the fullest stage; quality and upstream at once where a companion thread computes one while the run is in the other. */
function stagesBytes(shape: RunShape): number {
  const { recording, measuring } = shape.lanes;
  const corpus = recording * corpusBytes(shape) + (recording - 1) * laneBytes;
  const measures = [qualityBytes(shape), upstreamBytes(shape) + mapBytes(shape)];
  const measured = measuring > 1 ? measures[0] + measures[1] + laneBytes : greatest(measures);
  return Math.max(corpus, measured);
}

const isInFiles = ({ config, saes }: RunShape) => modelBytes(config) + allSaeBytes(saes) > mostHeldBytes;

/** At every stage: the host's weights where they are not in files, top examples and logs. */
function commonBytes(shape: RunShape): number {
  const { config, saes, settings } = shape;
  const held = isInFiles(shape) ? 0 : modelBytes(config) + allSaeBytes(saes);
  return baseBytes + held + saes.length * logBytes + featuresOf(shape) * exampleBytes * settings.examples;
}

/** The forward pass with patterns, values and z, and a copy of them; an encoder for each SAE. */
function corpusBytes(shape: RunShape): number {
  const { config, saes, batch, length } = shape;
  const { nHeads, dHead } = config;
  const outputs = saes.length * batch * length * nHeads * (length + 2 * dHead);
  return layerBytes(shape, lastLayer(shape) + 1) + allSaeBytes(saes) / 2 + 2 * bytesPerNumber * outputs;
}

/**
 * A clean and three changed passes of each SAE, and their logits. A program's weights are there twice while it is made; of
 * those in files, which are read one after another, no more than one.
 */
function qualityBytes(shape: RunShape): number {
  const { config, saes, quality, length } = shape;
  const { nLayers, nHeads, dMlp, vocabSize, dModel } = config;
  const variants = 1 + 3 * quality.saes;
  const tokens = quality.batch * length;
  const widest = Math.max(nHeads * length, dMlp) * variants * tokens * intermediates;
  const logits = logitCopies * variantsOfSae * quality.predictions * vocabSize;
  const unembedding = bytesPerNumber * vocabSize * dModel;
  const layers = layerBytes(shape, nLayers) + quality.saes * greatest(saes.map(saeBytes));
  const weights = isInFiles(shape) ? unembedding + Math.max(layers, unembedding) : 2 * (layers + unembedding);
  return weights + bytesPerNumber * Math.max(widest, logits);
}

/** What the tables leave, the forward pass with all SAEs but the last, rows of active features, and sums by feature. */
function upstreamBytes(shape: RunShape): number {
  const { config, saes, settings, length } = shape;
  const rows = featureBytes * featuresOf(shape);
  if (settings.upstreamExamples === 0) return rows;
  const last = lastLayer(shape);
  const lower = saes.filter(({ layer }) => layer < last);
  const f = 2 * lower.reduce((sum, { dSae }) => sum + dSae * length, 0);
  const values = assumedL0 * length * config.nHeads * config.dHead;
  const kept = Math.min(mostKeptRows, lower.length * values);
  const sums = saes.reduce(
    (sum, { dSae, layer }) =>
      sum +
      dSae *
        (sumsPerComponent * (2 + componentsPerLayer * layer) +
          (layer === 0 ? 0 : sumsPerExample * settings.upstreamExamples)),
    0,
  );
  const candidates = candidateBytes * settings.examples * featuresOf(shape);
  return (
    layerBytes(shape, last + 1) + allSaeBytes(lower) + bytesPerNumber * (f + values + kept + sums) + candidates + rows
  );
}

/** Points of the maps that UMAP lays out, one after another: of each SAE, and of all where there are several. */
function mapsOf({ saes, settings }: RunShape): number[] {
  if (settings.mapNeighbours === 0) return [];
  const own = saes.map(({ dSae }) => dSae);
  const all = own.length > 1 ? [own.reduce((sum, dSae) => sum + dSae, 0)] : [];
  return [...own, ...all].filter((points) => points <= mostLaidOut);
}

/** The largest of them, laid out while upstream features are looked for and the studies run. */
function mapBytes(shape: RunShape): number {
  const points = mapsOf(shape);
  return points.length === 0 ? 0 : layoutBytes + layoutPointBytes * greatest(points);
}

function diskBytes(shape: RunShape): number {
  const { config, saes, contexts, length, settings } = shape;
  const files = isInFiles(shape) ? modelBytes(config) + 1.5 * allSaeBytes(saes) : 0;
  const attributions = attributionSlack * bytesPerNumber * settings.examples * (length + config.nHeads + 1);
  const activations = activationBytes * assumedL0 * contexts * length * saes.length;
  return files + attributions * featuresOf(shape) + activations;
}
