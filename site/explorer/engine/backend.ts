import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdBinary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerBackend } from '../protocol.ts';
import { fetchOrThrow } from './fetch-file.ts';
import { checkKernels } from './required-kernels.ts';
import { turnTallProducts } from './wasm-products.ts';

/**
 * Sets the best backend that there is: WebGPU where an adapter multiplies matrices right, else WASM with SIMD.
 * Throws UserError where there is neither.
 */
export async function chooseBackend(): Promise<ExplorerBackend> {
  if (await webgpuWorks()) return 'webgpu';
  await startWasm();
  return 'wasm';
}

async function webgpuWorks(): Promise<boolean> {
  try {
    const gpu = 'gpu' in navigator ? navigator.gpu : undefined;
    if (!gpu || !(await gpu.requestAdapter())) return false;
    await import('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) return false;
    checkKernels();
    return await multipliesRight();
  } catch {
    return false;
  }
}

async function startWasm(): Promise<void> {
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new UserError(
      'this browser has neither WebGPU nor WebAssembly with SIMD, and the explorer needs one of them',
    );
  }
  await fetchOrThrow(simdBinary, 'the WebAssembly backend');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const paths = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
  // The library's own fetch takes whatever type a host gives the file, where the browser's streaming would complain.
  setWasmPaths(Object.fromEntries(paths.map((path) => [path, simdBinary])), true);
  turnTallProducts();
  if (!(await tf.setBackend('wasm'))) throw new UserError('the WebAssembly backend did not start in this browser');
  checkKernels();
  if (!(await multipliesRight())) throw new UserError('WebAssembly multiplies matrices wrong in this browser');
}

/** x·w for w of ones is the sum of each row of x: row i of x holds i everywhere. */
async function multipliesRight(): Promise<boolean> {
  const size = 64;
  const product = tf.tidy(() => {
    const x = tf.tensor2d(
      Float32Array.from({ length: size * size }, (_, i) => Math.floor(i / size)),
      [size, size],
    );
    return tf.matMul(x, tf.ones([size, size]));
  });
  const sums = await product.data();
  product.dispose();
  return sums.every((sum, i) => sum === size * Math.floor(i / size));
}
