import type { Machine } from '../engine/choose.ts';
import type { BackendName } from '../engine/program.ts';

export interface DoctorMachine extends Machine {
  readonly arch: string;
  /** Whether a package is installed. */
  hasPackage(name: string): boolean;
  /** Whether ONNX Runtime's CUDA libraries lie beside it. */
  readonly hasCudaLibraries: boolean;
  /** The script of ONNX Runtime's package that brings them. */
  readonly onnxInstaller: string;
}

const tfjsCommand = 'npm install --no-save @tensorflow/tfjs-node-gpu';

/** What is missing of a backend's needs, as far as it can be told without starting it. */
export function missingOf(backend: BackendName, machine: DoctorMachine): string | undefined {
  if (backend === 'onnx-cuda') return cudaMissing(machine);
  if (backend === 'onnx-webgpu') return webgpuMissing(machine);
  if (backend !== 'tfjs-node-gpu') return undefined;
  const installed = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].some((name) => machine.hasPackage(name));
  return installed ? undefined : `the package @tensorflow/tfjs-node-gpu: ${tfjsCommand}`;
}

function cudaMissing({ platform, arch, exists, hasCudaLibraries, onnxInstaller }: DoctorMachine): string | undefined {
  if (platform !== 'linux' || arch !== 'x64')
    return `ONNX Runtime has CUDA on linux x64 alone, this is ${platform} ${arch}`;
  if (!exists('/dev/nvidia0'))
    return "an NVIDIA GPU and its driver (/dev/nvidia0): the driver is the system's to install";
  return hasCudaLibraries
    ? undefined
    : `ONNX Runtime's CUDA libraries: node ${onnxInstaller} --onnxruntime-node-install=cuda12`;
}

function webgpuMissing({ platform, exists, list, providers }: DoctorMachine): string | undefined {
  if (!providers.includes('webgpu')) return `WebGPU in the installed ONNX Runtime, which has ${providers.join(', ')}`;
  if (platform !== 'linux') return undefined;
  const renders = list('/dev/dri').some((name) => name.startsWith('renderD'));
  if (renders || exists('/dev/nvidia0')) return undefined;
  return 'a GPU with a Vulkan driver (/dev/dri/renderD*): apt-get install mesa-vulkan-drivers where there is a GPU';
}
