import { existsSync, readdirSync } from 'node:fs';
import type { BackendName } from './program.ts';

/** What of a machine decides its backend; passed in so that the choice can be tested. */
export interface Machine {
  readonly platform: string;
  exists(path: string): boolean;
  list(folder: string): readonly string[];
  /** Execution providers that the installed ONNX Runtime carries. */
  readonly providers: readonly string[];
}

/** This machine, as far as it can be told without starting a GPU. */
export function thisMachine(providers: readonly string[]): Machine {
  const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  return { platform: process.platform, exists: existsSync, list, providers };
}

/**
 * Backends worth trying, best first; the CPU is always the last. A GPU is only tried where its device is there, since
 * WebGPU would otherwise run on a software rasteriser, which is slower than the CPU backend.
 */
export function candidates({ platform, exists, list, providers }: Machine): BackendName[] {
  const nvidia = platform === 'linux' ? exists('/dev/nvidia0') : false;
  const renders = platform === 'linux' && list('/dev/dri').some((name) => name.startsWith('renderD'));
  const gpu = nvidia || renders || platform === 'darwin' || platform === 'win32';
  const found: BackendName[] = [];
  if (nvidia && providers.includes('cuda')) found.push('onnx-cuda');
  if (gpu && providers.includes('webgpu')) found.push('onnx-webgpu');
  return [...found, 'onnx-cpu'];
}
