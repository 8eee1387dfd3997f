import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { chooseBackend } from '../../../../site/explorer/engine/backend.ts';

it('says in a sentence that a browser without WebGPU and WebAssembly SIMD cannot run the explorer', async () => {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  await expect(chooseBackend()).rejects.toThrow(/^this browser has neither WebGPU nor WebAssembly with SIMD/);
});
