import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { UserError } from '../errors/user-error.ts';
import { onnxEngine, onnxProviders } from './backends/onnx.ts';
import { tfjsEngine } from './backends/tfjs.ts';
import { candidates, thisMachine } from './choose.ts';
import { probe, works } from './probe.ts';
import type { BackendName, Engine, Precision } from './program.ts';

export * from './program.ts';

export interface EngineOptions {
  /** Chosen by what the machine has when left out: CUDA, then WebGPU on a real GPU, then the CPU. */
  readonly backend?: BackendName | undefined;
  readonly threads?: number | undefined;
  readonly precision?: Precision | undefined;
  /** Whether a program's working memory is kept from run to run: as much as it ever needed, and no page is faulted in twice. */
  readonly keepsMemory?: boolean | undefined;
}

/**
 * Starts the backend asked for, else the best that works here.
 * Throws UserError when it was asked for and this machine does not have it.
 */
export async function createEngine({ backend, precision = 'f32', ...own }: EngineOptions = {}): Promise<Engine> {
  setPrecision(precision, backend);
  if (backend !== undefined) {
    const engine = await start(backend, own);
    await probe(engine);
    return engine;
  }
  for (const candidate of candidates(thisMachine(onnxProviders()))) {
    const engine = await start(candidate, own);
    if (await works(engine)) return engine;
  }
  throw new Error('no backend works, not even onnx-cpu');
}

/** NVIDIA's libraries read this when they load; unset, they round to TF32 where a program asks for the speed. */
function setPrecision(precision: Precision, backend: BackendName | undefined): void {
  if (precision === 'f32') process.env.NVIDIA_TF32_OVERRIDE = '0';
  else if (backend === 'onnx-cuda' || backend === 'tfjs-node-gpu') delete process.env.NVIDIA_TF32_OVERRIDE;
  else
    throw new UserError(
      `precision ${precision} is of --backend onnx-cuda and tfjs-node-gpu, expected one of these, not ${backend ?? 'none named'}`,
    );
}

type OwnOptions = Pick<EngineOptions, 'threads' | 'keepsMemory'>;

async function start(backend: BackendName, { threads, keepsMemory }: OwnOptions): Promise<Engine> {
  switch (backend) {
    case 'onnx-cpu':
    case 'onnx-webgpu':
    case 'onnx-cuda':
      return onnxEngine({ backend, threads, keepsMemory });
    case 'tfjs-cpu':
      await tf.setBackend('cpu');
      return tfjsEngine(backend, 'cpu');
    case 'tfjs-wasm':
      return wasmEngine(threads);
    case 'tfjs-node-gpu':
      return tfjsNodeEngine();
  }
}

async function wasmEngine(threads?: number): Promise<Engine> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(`${folder}/`);
  if (threads !== undefined) wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  return tfjsEngine('tfjs-wasm', 'wasm');
}

/** TensorFlow's C library, through the user's own installation of tfjs-node-gpu or its CPU twin tfjs-node. */
async function tfjsNodeEngine(): Promise<Engine> {
  const require = createRequire(import.meta.url);
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    require(name);
    await tf.setBackend('tensorflow');
    return tfjsEngine('tfjs-node-gpu', 'tensorflow');
  }
  throw new UserError(
    'backend tfjs-node-gpu is not installed, expected the package @tensorflow/tfjs-node-gpu (npm install --no-save @tensorflow/tfjs-node-gpu)',
  );
}
