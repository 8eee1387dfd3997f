import type { Effects } from '../effects.ts';
import { seededRandom } from '../numbers/seeded-random.ts';
import type { ActivationStream } from './sae-activations.ts';
import { ActivationBuffer } from './sae-buffer.ts';
import type { SaeCheckpoint } from './sae-checkpoint.ts';
import { explainedVariance, type LayerTraining, newLayer } from './sae-layer.ts';
import { stepAll } from './sae-phases.ts';
import { deadFeatures, reviveDead } from './sae-revive.ts';
import type { Programs, Run, SaeTrainerOptions } from './sae-run.ts';
import { findStart, startProgram } from './sae-start.ts';
import { initialState, zeroState } from './sae-state.ts';
import { gainStep, saeErrors, saeStep } from './sae-step.ts';

/** Trains one SAE a layer side by side, from the same shuffled tokens. Throws Error when one diverges. */
export async function trainLayers(options: SaeTrainerOptions, effects: Effects): Promise<readonly LayerTraining[]> {
  const run = await startRun(options);
  const progress = effects.progress('train', options.steps * options.batchTokens, 'tokens');
  const reportEvery = Math.max(1, Math.floor(options.steps / 20));
  while (run.done < options.steps) {
    if (run.buffer.exhausted) {
      await options.save(() => checkpointOf(run));
      await fill(
        run.buffer,
        options.stream,
        run.trainings.map(({ figures }) => figures.scale),
      );
    }
    await stepAll(run);
    if (run.done % options.resampleEvery === 0) await reviveDead(run, effects);
    if (run.done % reportEvery === 0) effects.log(reportLine(run));
    progress.update(run.done * options.batchTokens);
  }
  progress.end();
  await Promise.all(Object.values(run.programs).map((program) => program.dispose()));
  return run.trainings;
}

async function startRun(options: SaeTrainerOptions): Promise<Run> {
  const { engine, shape, layers, batchTokens, bufferTokens, seed, resume } = options;
  const buffer = new ActivationBuffer({ layers: layers.length, dIn: shape.dIn, capacity: bufferTokens, seed });
  const programs = {
    step: await engine.compile(saeStep(shape, batchTokens)),
    gain: await engine.compile(gainStep(shape, batchTokens)),
    errors: await engine.compile(saeErrors(shape, batchTokens)),
    start: await engine.compile(startProgram(shape, batchTokens)),
  };
  if (!resume) return { options, buffer, programs, trainings: await startLayers(options, buffer, programs), done: 0 };
  buffer.restore(
    resume.layers.map(({ unserved }) => unserved),
    resume.fills,
  );
  const trainings = resume.layers.map(({ layer, state, figures, lastActive }): LayerTraining => {
    return { layer, current: state, spare: zeroState(shape), figures, lastActive };
  });
  return { options, buffer, programs, trainings, done: resume.step };
}

/** Fills the buffer, scales z to a mean norm of √dIn, and starts each SAE on the scaled z. */
async function startLayers(
  options: SaeTrainerOptions,
  buffer: ActivationBuffer,
  { start: program }: Programs,
): Promise<LayerTraining[]> {
  const { layers, shape, l1, seed, stream, batchTokens } = options;
  await fill(
    buffer,
    stream,
    layers.map(() => 1),
  );
  const trainings: LayerTraining[] = [];
  for (const [i, layer] of layers.entries()) {
    const x = buffer.rows(i);
    const scale = Math.fround(Math.sqrt(shape.dIn) / meanNorm(x, shape.dIn));
    scaleInPlace(x, scale);
    const start = await findStart({ program, shape, x, sample: batchTokens, random: seededRandom(seed, layer) });
    const state = initialState(shape, start);
    trainings.push(newLayer({ layer, shape, state, scale, lambda: l1[i] ?? 1 }));
  }
  return trainings;
}

async function fill(buffer: ActivationBuffer, stream: ActivationStream, scales: readonly number[]): Promise<void> {
  do {
    const activations = await stream.next();
    for (const [i, rows] of activations.entries()) scaleInPlace(rows, scales[i] ?? 1);
    buffer.put(activations);
  } while (buffer.exhausted || buffer.fills === 0);
}

function scaleInPlace(values: Float32Array, scale: number): void {
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
}

function meanNorm(rows: Float32Array, dIn: number): number {
  let [sum, square] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    square += (rows[i] ?? 0) ** 2;
    if (i % dIn < dIn - 1) continue;
    sum += Math.sqrt(square);
    square = 0;
  }
  return (sum * dIn) / rows.length;
}

function checkpointOf({ options, buffer, trainings, done }: Run): SaeCheckpoint {
  const unserved = buffer.unserved();
  const layers = trainings.map(({ layer, current, figures, lastActive }, i) => {
    return { layer, state: current, figures, lastActive, unserved: unserved[i] ?? new Float32Array(0) };
  });
  return { step: done, position: options.stream.position, fills: buffer.fills, layers };
}

function reportLine({ options, trainings, done }: Run): string {
  const each = (value: (training: LayerTraining) => string) => trainings.map(value).join(' ');
  return [
    `step ${done} of ${options.steps}`,
    `loss ${each(({ figures }) => (figures.error + figures.lambda * figures.l1).toFixed(1))}`,
    `l0 ${each(({ figures }) => figures.l0.toFixed(1))}`,
    `explained ${each(({ figures }) => explainedVariance(figures).toFixed(3))}`,
    `dead ${each((training) => String(deadFeatures(training, { options, done }).length))}`,
    `λ ${each(({ figures }) => figures.lambda.toPrecision(3))}`,
  ].join('  ');
}
