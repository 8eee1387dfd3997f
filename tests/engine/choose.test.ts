import { describe, expect, it } from 'vitest';
import { candidates, type Machine } from '../../pipeline/engine/choose.ts';

const providers = ['cpu', 'webgpu', 'cuda'];
function linux(devices: readonly string[], carried: readonly string[] = providers): Machine {
  return {
    platform: 'linux',
    providers: carried,
    exists: (path) => devices.includes(path),
    list: (folder) =>
      devices.filter((device) => device.startsWith(`${folder}/`)).map((device) => device.slice(folder.length + 1)),
  };
}

describe('the choice of a backend', () => {
  it('is the CPU where there is no GPU, though ONNX Runtime could rasterise WebGPU in software', () => {
    expect(candidates(linux([]))).toEqual(['onnx-cpu']);
  });

  it('tries WebGPU before the CPU where a GPU can render', () => {
    expect(candidates(linux(['/dev/dri/renderD128']))).toEqual(['onnx-webgpu', 'onnx-cpu']);
  });

  it('tries CUDA first where there is an NVIDIA GPU', () => {
    expect(candidates(linux(['/dev/nvidia0']))).toEqual(['onnx-cuda', 'onnx-webgpu', 'onnx-cpu']);
  });

  it('leaves out what ONNX Runtime does not carry', () => {
    expect(candidates(linux(['/dev/nvidia0'], ['cpu']))).toEqual(['onnx-cpu']);
  });
});
