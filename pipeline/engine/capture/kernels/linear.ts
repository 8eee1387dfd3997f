import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder, GraphValue } from '../graph.ts';
import { at, kernel } from '../kernel.ts';

kernel<{ transposeA: boolean; transposeB: boolean }>(
  'BatchMatMul',
  ['a', 'b'],
  (graph, inputs, { transposeA, transposeB }) => {
    if ((transposeA || transposeB) && inputs.every(({ shape }) => shape.length === 2)) {
      return gemm(graph, at(inputs, 0), at(inputs, 1), transposeA, transposeB);
    }
    const a = transposeA ? swapLastTwo(graph, at(inputs, 0)) : at(inputs, 0);
    const b = transposeB ? swapLastTwo(graph, at(inputs, 1)) : at(inputs, 1);
    const batch = backend_util.assertAndGetBroadcastShape([...a.shape.slice(0, -2)], [...b.shape.slice(0, -2)]);
    return graph.emit('MatMul', [a, b], [...batch, at(a.shape, -2), at(b.shape, -1)], a.dtype);
  },
);

/** Gemm reads a transposed matrix as it lies; of a transposed weight ONNX Runtime would make a copy first. */
function gemm(graph: GraphBuilder, a: GraphValue, b: GraphValue, transA: boolean, transB: boolean): GraphValue {
  const shape = [at(a.shape, transA ? 1 : 0), at(b.shape, transB ? 0 : 1)];
  return graph.emit('Gemm', [a, b], shape, a.dtype, { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
}

function swapLastTwo(graph: GraphBuilder, x: GraphValue): GraphValue {
  const rank = x.shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return graph.emit(
    'Transpose',
    [x],
    perm.map((axis) => at(x.shape, axis)),
    x.dtype,
    { perm },
  );
}

kernel<{ axis: number; batchDims: number }>('GatherV2', ['x', 'indices'], (graph, inputs, { axis, batchDims }) => {
  if (batchDims > 0) throw new Error('kernel GatherV2 with batchDims is not covered by the ONNX capture');
  const [x, indices] = [at(inputs, 0), at(inputs, 1)];
  const dim = axis < 0 ? axis + x.shape.length : axis;
  const rows = dim === 0 && x.shape.length === 2 ? graph.lookup(x, indices) : undefined;
  if (rows) return rows;
  const shape = [...x.shape.slice(0, dim), ...indices.shape, ...x.shape.slice(dim + 1)];
  return graph.emit('Gather', [x, indices], shape, x.dtype, { axis: dim });
});

kernel('GatherNd', ['params', 'indices'], (graph, inputs) => {
  const [params, indices] = [at(inputs, 0), at(inputs, 1)];
  const depth = at(indices.shape, -1);
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  return graph.emit('GatherND', [params, graph.cast(indices, 'int64')], shape, params.dtype);
});

/** Sums rows of x into numSegments buckets: the gradient of a gather. */
kernel<{ numSegments: number }>('UnsortedSegmentSum', ['x', 'segmentIds'], (graph, inputs, { numSegments }) => {
  const [x, ids] = [at(inputs, 0), at(inputs, 1)];
  const shape = [numSegments, ...x.shape.slice(1)];
  const indices = graph.reshape(graph.cast(ids, 'int64'), [...ids.shape, 1]);
  return graph.emit('ScatterND', [graph.fill(0, shape, x.dtype), indices, x], shape, x.dtype, { reduction: 'add' });
});

kernel<{ depth: number; onValue: number; offValue: number; dtype: 'float32' | 'int32' | 'bool' }>(
  'OneHot',
  ['indices'],
  (graph, inputs, { depth, onValue, offValue, dtype }) => {
    const indices = graph.cast(at(inputs, 0), 'int64');
    const values = graph.constant(new Uint8Array(Float32Array.of(offValue, onValue).buffer), [2], 'float32');
    const shape = [...indices.shape, depth];
    const oneHot = graph.emit('OneHot', [indices, graph.scalar(depth, 'int64'), values], shape, 'float32', {
      axis: -1,
    });
    return graph.cast(oneHot, dtype);
  },
);
