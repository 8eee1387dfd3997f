import { describe, expect, it } from 'vitest';
import { type Finding, reportLines } from '../../pipeline/doctor/report.ts';
import type { BackendName } from '../../pipeline/engine/program.ts';

const fine = (gflops: number) => ({ product: { error: 2e-7, gflops }, attention: { error: 5e-7, gflops: gflops / 2 } });
const wrong = { ...fine(900), product: { error: 0.3, gflops: 900 } };
const found = (backend: BackendName, outcome: Finding['outcome'], missing?: string): Finding => ({
  backend,
  outcome,
  missing,
});

describe('the report of doctor', () => {
  it('says of each backend whether it is right, how fast, or what is missing, and which is taken', () => {
    const findings = [
      found('onnx-cpu', fine(145)),
      found('onnx-webgpu', undefined, 'a GPU'),
      found('onnx-cuda', undefined, 'a driver'),
    ];
    expect(reportLines(findings, ['onnx-cpu'])).toEqual([
      '  onnx-cpu       product right to 2e-7, 145 GFLOP/s; attention layer right to 5e-7, 73 GFLOP/s',
      '  onnx-webgpu    missing: a GPU',
      '  onnx-cuda      missing: a driver',
      '',
      'taken: onnx-cpu, since no GPU can be used here; --backend NAME takes another',
    ]);
  });

  it('takes the first that computes right, and says which did not', () => {
    const findings = [found('onnx-cpu', fine(145)), found('onnx-webgpu', wrong), found('onnx-cuda', fine(9000))];
    const best: BackendName[] = ['onnx-cuda', 'onnx-webgpu', 'onnx-cpu'];
    expect(reportLines(findings, best).at(-1)).toBe(
      'taken: onnx-cuda, the first of CUDA, WebGPU and the CPU that computes right here',
    );
    const lines = reportLines([findings[0], findings[1]], ['onnx-webgpu', 'onnx-cpu']);
    expect(lines[1]).toMatch(/product WRONG to 3e-1, 900 GFLOP\/s/);
    expect(lines.at(-1)).toBe('taken: onnx-cpu, since onnx-webgpu did not compute right');
  });

  it('says why a backend does not start', () => {
    const [line] = reportLines([found('onnx-webgpu', { refusal: 'no adapter' })], ['onnx-webgpu']);
    expect(line).toBe('  onnx-webgpu    does not start: no adapter');
    expect(reportLines([found('onnx-cpu', wrong)], ['onnx-cpu']).at(-1)).toBe(
      'none is taken: none of them computes right',
    );
  });
});
