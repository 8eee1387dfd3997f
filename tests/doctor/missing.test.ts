import { describe, expect, it } from 'vitest';
import { type DoctorMachine, missingOf } from '../../pipeline/doctor/missing.ts';

function machine(parts: Partial<DoctorMachine> & { devices?: readonly string[] } = {}): DoctorMachine {
  const { devices = [], ...rest } = parts;
  return {
    platform: 'linux',
    arch: 'x64',
    providers: ['cpu', 'webgpu', 'cuda'],
    exists: (path) => devices.includes(path),
    list: (folder) => devices.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length + 1)),
    hasPackage: () => false,
    hasCudaLibraries: false,
    onnxInstaller: 'node_modules/onnxruntime-node/script/install.js',
    ...rest,
  };
}

describe('what a backend lacks', () => {
  it('is nothing of the CPU backends', () => {
    for (const backend of ['onnx-cpu', 'tfjs-cpu', 'tfjs-wasm'] as const)
      expect(missingOf(backend, machine())).toBe(undefined);
  });

  it('is told of CUDA from the platform on: GPU, then libraries, with the command that brings them', () => {
    expect(missingOf('onnx-cuda', machine({ platform: 'darwin', arch: 'arm64' }))).toMatch(
      /linux x64 alone, this is darwin arm64/,
    );
    expect(missingOf('onnx-cuda', machine())).toMatch(/NVIDIA GPU and its driver \(\/dev\/nvidia0\)/);
    expect(missingOf('onnx-cuda', machine({ devices: ['/dev/nvidia0'] }))).toBe(
      "ONNX Runtime's CUDA libraries: node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12",
    );
    expect(missingOf('onnx-cuda', machine({ devices: ['/dev/nvidia0'], hasCudaLibraries: true }))).toBe(undefined);
  });

  it('is a GPU of WebGPU on Linux, and nothing where one renders', () => {
    expect(missingOf('onnx-webgpu', machine())).toMatch(/a GPU with a Vulkan driver/);
    expect(missingOf('onnx-webgpu', machine({ devices: ['/dev/dri/renderD128'] }))).toBe(undefined);
    expect(missingOf('onnx-webgpu', machine({ platform: 'darwin' }))).toBe(undefined);
    expect(missingOf('onnx-webgpu', machine({ platform: 'darwin', providers: ['cpu'] }))).toMatch(/which has cpu/);
  });

  it('is the package of tfjs-node-gpu, or its CPU twin', () => {
    expect(missingOf('tfjs-node-gpu', machine())).toBe(
      'the package @tensorflow/tfjs-node-gpu: npm install --no-save @tensorflow/tfjs-node-gpu',
    );
    const hasPackage = (name: string) => name === '@tensorflow/tfjs-node';
    expect(missingOf('tfjs-node-gpu', machine({ hasPackage }))).toBe(undefined);
  });
});
