import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { gradientCases, opCases } from './programs.ts';

const script = fileURLToPath(new URL('./compare-backend.ts', import.meta.url));
/** What a forward pass gives of each of two layers (z, pattern, value, where heads write most), an encoding, an attribution and logit effects. */
const outputs = 5 * 2 + 1 + 3 + 6;

/** Errors of a backend on the programs of a run, or on each op, in a process of its own: drivers are chosen when one starts. */
async function errorsOf(
  backend: string,
  environment: Record<string, string> = {},
  what: 'programs' | 'ops' = 'programs',
): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, backend, what], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
}

function expectAll(errors: Record<string, number>, tolerance: number): void {
  expect(Object.keys(errors)).toHaveLength(outputs);
  for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(tolerance);
}

describe('the programs of a run', { timeout: 180_000 }, () => {
  it('agree between tfjs-cpu and onnx-cpu to 1e-5', async () => {
    expectAll(await errorsOf('onnx-cpu'), 1e-5);
  });

  it('agree between tfjs-cpu and tfjs-wasm to 1e-5', async () => {
    expectAll(await errorsOf('tfjs-wasm'), 1e-5);
  });

  it('agree between tfjs-cpu and onnx-webgpu, on the software GPU of Chromium, to 1e-4', async () => {
    expectAll(await errorsOf('onnx-webgpu', softwareGpu()), 1e-4);
  });
});

describe('each op', { timeout: 180_000 }, () => {
  it('agrees between tfjs-cpu and onnx-webgpu, on the software GPU of Chromium, to 1e-5', async () => {
    const errors = await errorsOf('onnx-webgpu', softwareGpu(), 'ops');
    expect(Object.keys(errors)).toHaveLength(opCases.length + gradientCases.length);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(gpuTolerance(name));
  });
});

/** Where ONNX Runtime finds Chromium's software GPU. */
function softwareGpu(): Record<string, string> {
  const driver = process.env.ATLAS_SWIFTSHADER ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
  expect(existsSync(driver), `no software GPU at ${driver}`).toBe(true);
  return { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: dirname(driver) };
}

/** WGSL asks no more of sin and cos than an absolute error of 2⁻¹¹ (its specification, accuracy of built-in functions). */
const gpuTolerance = (name: string) => (/^(sin|cos):/.test(name) ? 2 ** -11 : 1e-5);
