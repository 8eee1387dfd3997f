import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../pipeline/engine/index.ts';
import { aimLine, formatNumber, formatRatio, reportLine } from './format.ts';
import { medianOf, takeTurns } from './median.ts';
import { pipelinePass } from './pipeline-pass.ts';
import { randomCase } from './random-case.ts';
import type { SectionOptions } from './section.ts';
import { describeShape, type Shape } from './shape.ts';

/** The same stages on ONNX Runtime and on tfjs's WASM backend. */
export async function wasmSection(shape: Shape, { rounds, folder, print }: SectionOptions): Promise<void> {
  print(`\nBackends at ${describeShape(shape)}`);
  const onnx = await createEngine({ backend: 'onnx-cpu' });
  const wasm = await createEngine({ backend: 'tfjs-wasm' });
  const place = join(folder, `wasm-${shape.name}`);
  await mkdir(place, { recursive: true });
  const benchCase = await randomCase(shape, onnx, place);
  const taken = await takeTurns(rounds, async () => ({
    onnx: (await pipelinePass(benchCase, onnx, 'memory')).tokensPerSecond,
    wasm: (await pipelinePass(benchCase, wasm, 'memory')).tokensPerSecond,
  }));
  await benchCase.contexts.close();
  const ratio = medianOf(taken, (round) => round.onnx / round.wasm);
  print(reportLine('onnx-cpu', `${formatNumber(medianOf(taken, (round) => round.onnx))} tokens/s`));
  print(reportLine('tfjs-wasm', `${formatNumber(medianOf(taken, (round) => round.wasm))} tokens/s`));
  print(aimLine('onnx-cpu against tfjs-wasm', formatRatio(ratio), { text: '8×', met: ratio >= 8 }));
}
