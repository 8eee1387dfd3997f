import { util } from '@tensorflow/tfjs-core';
import type { GraphBuilder, GraphValue } from '../graph.ts';
import { at, kernel } from '../kernel.ts';

/** tfjs names a reduction's axes `axis`, but Max's `reductionIndices`. */
interface ReduceAttributes {
  axis?: number | number[] | null;
  reductionIndices?: number | number[];
  keepDims: boolean;
}

const reductions = { Sum: 'ReduceSum', Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin', Prod: 'ReduceProd' };
for (const [name, op] of Object.entries(reductions)) {
  kernel<ReduceAttributes>(name, ['x'], (graph, inputs, { axis, reductionIndices, keepDims }) => {
    const x = at(inputs, 0);
    const axes = util.parseAxisParam(axis ?? reductionIndices ?? [...x.shape.keys()], [...x.shape]);
    const shape = keepDims
      ? x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
      : x.shape.filter((_, i) => !axes.includes(i));
    if (axes.length === 0) return graph.emit('Identity', [x], x.shape, x.dtype);
    return graph.emit(op, [x, graph.ints(axes)], shape, x.dtype, { keepdims: keepDims ? 1 : 0 });
  });
}

for (const name of ['ArgMax', 'ArgMin']) {
  kernel<{ axis: number }>(name, ['x'], (graph, inputs, { axis }) => {
    const x = at(inputs, 0);
    const dim = axis < 0 ? axis + x.shape.length : axis;
    const shape = x.shape.filter((_, i) => i !== dim);
    return graph.cast(graph.emit(name, [x], shape, 'int64', { axis: dim, keepdims: 0 }), 'int32');
  });
}

kernel<{ dim: number }>('Softmax', ['logits'], (graph, inputs, { dim }) =>
  alongLast(graph, 'Softmax', at(inputs, 0), dim),
);
kernel<{ axis: number }>('LogSoftmax', ['logits'], (graph, inputs, { axis }) =>
  alongLast(graph, 'LogSoftmax', at(inputs, 0), axis),
);

function alongLast(graph: GraphBuilder, op: string, x: GraphValue, axis: number): GraphValue {
  return graph.emit(op, [x], x.shape, x.dtype, { axis });
}

kernel<{ axis: number; exclusive: boolean; reverse: boolean }>(
  'Cumsum',
  ['x'],
  (graph, inputs, { axis, exclusive, reverse }) => {
    const x = at(inputs, 0);
    const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return graph.emit('CumSum', [x, graph.scalar(axis, 'int64')], x.shape, x.dtype, attributes);
  },
);

/**
 * tfjs's TopK gives [values, int32 indices] over the last axis, highest first. ONNX writes both from one node, and
 * finds the highest of −x as the lowest of x, so that −x need not be made.
 */
kernel<{ k: number; sorted: boolean }>('TopK', ['x'], (graph, inputs, { k, sorted }) => {
  const x = at(inputs, 0);
  const shape = [...x.shape.slice(0, -1), k];
  const negated = graph.producer(x)?.op === 'Neg' ? graph.producer(x)?.inputs[0] : undefined;
  const from = negated === undefined ? x : { ...x, name: negated };
  const [values, indices] = graph.emitTwo('TopK', [from, graph.ints([k])], shape, [x.dtype, 'int64'], {
    axis: -1,
    sorted: sorted ? 1 : 0,
    largest: negated === undefined ? 1 : 0,
  });
  const highest = negated === undefined ? values : graph.emit('Neg', [values], shape, x.dtype);
  return [highest, graph.cast(indices, 'int32')];
});
