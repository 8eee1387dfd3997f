import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import ort, { listSupportedBackends } from 'onnxruntime-node';
import { removePath } from '../../disk/disk.ts';
import { DiskFile } from '../../disk/disk-file.ts';
import { UserError } from '../../errors/user-error.ts';
import { type DType, float32, type HostTensor, sizeOf, type TensorData } from '../../numbers/tensor.ts';
import { readRow } from '../../numbers/tensor-rows.ts';
import { type CapturedGraph, capture, outputName, type RowsInput } from '../capture/capture.ts';
import type { SerializedGraph } from '../capture/serialize.ts';
import { engineOf, type FlatExecutable } from '../flat-program.ts';
import type { BackendName, Engine, HostTensors } from '../program.ts';

export interface OnnxOptions {
  readonly backend: Extract<BackendName, `onnx-${string}`>;
  /** Threads of one operator; ONNX Runtime's own choice (the physical cores) when left out. */
  readonly threads?: number | undefined;
  readonly keepsMemory?: boolean | undefined;
}

// What goes wrong is thrown; the library's own log would say it twice.
ort.env.logLevel = 'fatal';

/**
 * A thread that spins while it waits keeps a core from whoever shares it: on two busy cores, two spinning threads
 * multiplied matrices slower than one. Waking a sleeping one costs microseconds.
 */
const withoutSpinning = { session: { intra_op: { allow_spinning: '0' } } };

const providers = { 'onnx-cpu': 'cpu', 'onnx-webgpu': 'webgpu', 'onnx-cuda': 'cuda' } as const;

/** Execution providers that the installed ONNX Runtime carries. */
export const onnxProviders = (): string[] => listSupportedBackends().map(({ name }) => name);

/** An engine that captures programs to ONNX and runs them in ONNX Runtime on one of its execution providers. */
export function onnxEngine(options: OnnxOptions): Engine {
  return engineOf(options.backend, async (program) => {
    const graph = capture(program);
    return executable(await open(graph, options), graph);
  });
}

async function open(graph: SerializedGraph, options: OnnxOptions): Promise<ort.InferenceSession> {
  const { model, folder } = graph;
  if (folder === undefined) return start(graph, options, (own) => ort.InferenceSession.create(model, own));
  // Only a model in a file may name other files.
  const path = join(folder, `program-${randomUUID()}.onnx`);
  await writeNew(path, model);
  try {
    return await start(graph, options, (own) => ort.InferenceSession.create(path, own));
  } finally {
    await removePath(path);
  }
}

async function start(
  { externalData }: SerializedGraph,
  { backend, threads, keepsMemory = false }: OnnxOptions,
  create: (options: ort.InferenceSession.SessionOptions) => Promise<ort.InferenceSession>,
): Promise<ort.InferenceSession> {
  try {
    return await create({
      executionProviders: [providers[backend]],
      externalData: [...externalData],
      graphOptimizationLevel: 'all',
      // An arena keeps the most that its session ever needed, and a run has dozens of sessions.
      enableCpuMemArena: keepsMemory,
      logSeverityLevel: 3,
      extra: withoutSpinning,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
  } catch (error) {
    if (backend === 'onnx-cpu') throw error;
    throw new UserError(`backend ${backend} could not start: ${firstLine(error)}, expected a machine that has it`);
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await DiskFile.create(path);
  await file.write(bytes).finally(() => file.close());
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

function executable(session: ort.InferenceSession, { lookups }: CapturedGraph): FlatExecutable {
  return {
    async run(inputs, into) {
      const read = lookups.map((lookup) => [lookup.name, rowsOf(lookup, inputs[lookup.indices])] as const);
      const all = [...Object.entries(inputs), ...read];
      const feeds = Object.fromEntries(all.map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await session.run(feeds, fetches(session, into));
      return collect(results, into);
    },
    dispose: () => session.release(),
  };
}

function rowsOf({ shape, matrix }: RowsInput, { data }: HostTensor): HostTensor {
  const rows = float32(shape, new Float32Array(sizeOf(shape)));
  const columns = shape[shape.length - 1];
  data.forEach((row, i) => {
    readRow(matrix, row, rows.data.subarray(i * columns, (i + 1) * columns));
  });
  return rows;
}

function fetches(session: ort.InferenceSession, into: HostTensors): Record<string, ort.Tensor | null> {
  const given = new Map(Object.entries(into).map(([name, tensor]) => [outputName(name), toOrt(tensor)]));
  return Object.fromEntries(session.outputNames.map((name) => [name, given.get(name) ?? null]));
}

function toOrt({ data, dtype, shape }: HostTensor): ort.Tensor {
  return new ort.Tensor(dtype, data, shape);
}

function collect(results: ort.InferenceSession.OnnxValueMapType, into: Partial<HostTensors>): HostTensors {
  const prefix = outputName('').length;
  return Object.fromEntries(
    Object.entries(results).map(([key, tensor]) => {
      const name = key.slice(prefix);
      const given = into[name];
      if (given) freeCopy(tensor, given);
      return [name, given ?? fromOrt(tensor)];
    }),
  );
}

/**
 * The library hands out a copy even of an output that it has written where it was told to. Left to the garbage collector,
 * hundreds of megabytes of them pile up.
 */
function freeCopy({ data }: ort.InferenceSession.OnnxValueMapType[string], given: HostTensor): void {
  if (Array.isArray(data) || data.buffer === given.data.buffer || !(data.buffer instanceof ArrayBuffer)) return;
  data.buffer.transfer(0);
}

function fromOrt(tensor: ort.Tensor): HostTensor {
  return { shape: tensor.dims, dtype: tensor.type as DType, data: tensor.data as TensorData };
}
