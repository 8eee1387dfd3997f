import * as tf from '@tensorflow/tfjs-core';

/** Rows of b from which turning a product round is worth it. */
const manyRows = 1024;

/**
 * Makes the WASM backend fast at a·bᵀ for a tall b, such as an unembedding: its kernel of matrix products is fast only
 * where nothing is transposed, so the product is computed as (b·aᵀ)ᵀ, where the small a alone is turned. Idempotent.
 */
export function turnTallProducts(): void {
  const plain = tf.getKernel('BatchMatMul', 'wasm');
  const transpose = tf.getKernel('Transpose', 'wasm');
  if (!plain || !transpose || turned.has(plain.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (args) => {
    const { inputs, backend } = args;
    const { a, b } = inputs;
    if (!a || !b || !isTall(a, b, args.attrs)) return plain.kernelFunc(args);
    const flip = (x: tf.TensorInfo) => one(transpose.kernelFunc({ inputs: { x }, backend, attrs: { perm: [1, 0] } }));
    const free = (info: tf.TensorInfo) => (backend as tf.KernelBackend).disposeData(info.dataId);
    const aTurned = flip(a);
    const attrs = { transposeA: false, transposeB: false };
    const product = one(plain.kernelFunc({ inputs: { a: b, b: aTurned }, backend, attrs }));
    const result = flip(product);
    free(aTurned);
    free(product);
    return result;
  };
  turned.add(kernelFunc);
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({ ...plain, kernelFunc });
}

const turned = new WeakSet<tf.KernelFunc>();

function isTall(a: tf.TensorInfo, b: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined): boolean {
  const isPlain = a.shape.length === 2 && b.shape.length === 2 && attrs?.transposeB === true && !attrs.transposeA;
  return isPlain && b.shape[0] >= manyRows && a.shape[0] < b.shape[0];
}

function one(outputs: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  const [first] = Array.isArray(outputs) ? outputs : [outputs];
  if (!first) throw new Error('a kernel gave nothing');
  return first;
}
