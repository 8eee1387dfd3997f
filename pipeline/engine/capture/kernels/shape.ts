import { slice_util, util } from '@tensorflow/tfjs-core';
import type { GraphBuilder, GraphValue } from '../graph.ts';
import { at, kernel, variadicKernel } from '../kernel.ts';

kernel<{ shape: number[] }>('Reshape', ['x'], (graph, inputs, { shape }) => {
  const x = at(inputs, 0);
  return graph.reshape(x, util.inferFromImplicitShape(shape, util.sizeFromShape([...x.shape])));
});

kernel<{ perm: number[] }>('Transpose', ['x'], (graph, inputs, { perm }) => {
  const x = at(inputs, 0);
  return graph.emit(
    'Transpose',
    [x],
    perm.map((axis) => at(x.shape, axis)),
    x.dtype,
    { perm },
  );
});

kernel<{ dim: number }>('ExpandDims', ['input'], (graph, inputs, { dim }) => {
  const x = at(inputs, 0);
  const axis = dim < 0 ? x.shape.length + 1 + dim : dim;
  return graph.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
});

kernel<{ reps: number[] }>('Tile', ['x'], (graph, inputs, { reps }) => {
  const x = at(inputs, 0);
  return graph.emit(
    'Tile',
    [x, graph.ints(reps)],
    x.shape.map((dim, i) => dim * at(reps, i)),
    x.dtype,
  );
});

kernel<{ shape: number[] }>('BroadcastTo', ['x'], (graph, inputs, { shape }) => {
  const x = at(inputs, 0);
  return graph.emit('Expand', [x, graph.ints(shape)], shape, x.dtype);
});

kernel<{ begin: number[]; size: number[] }>('Slice', ['x'], (graph, inputs, { begin, size }) => {
  const x = at(inputs, 0);
  const [starts, sizes] = slice_util.parseSliceParams(
    { shape: [...x.shape], dtype: 'float32', dataId: {} },
    begin,
    size,
  );
  return sliceOf(graph, x, starts, sizes);
});

function sliceOf(graph: GraphBuilder, x: GraphValue, starts: readonly number[], sizes: readonly number[]): GraphValue {
  if (sizes.every((dim, i) => dim === x.shape[i])) return x;
  const ends = starts.map((start, i) => start + at(sizes, i));
  return graph.emit('Slice', [x, graph.ints(starts), graph.ints(ends)], sizes, x.dtype);
}

kernel<{ paddings: [number, number][]; constantValue: number }>(
  'PadV2',
  ['x'],
  (graph, inputs, { paddings, constantValue }) => {
    const x = at(inputs, 0);
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    const shape = x.shape.map((dim, i) => dim + at(paddings, i)[0] + at(paddings, i)[1]);
    return graph.emit('Pad', [x, graph.ints(pads), graph.scalar(constantValue, x.dtype)], shape, x.dtype);
  },
);

variadicKernel<{ axis: number }>('Concat', (graph, inputs, { axis }) => concat(graph, inputs, axis));

function concat(graph: GraphBuilder, inputs: GraphValue[], axis: number): GraphValue {
  const first = at(inputs, 0);
  const dim = axis < 0 ? axis + first.shape.length : axis;
  const total = inputs.reduce((sum, input) => sum + at(input.shape, dim), 0);
  return graph.emit(
    'Concat',
    inputs,
    first.shape.map((size, i) => (i === dim ? total : size)),
    first.dtype,
    { axis: dim },
  );
}

variadicKernel<{ axis: number }>('Pack', (graph, inputs, { axis }) => {
  const rank = at(inputs, 0).shape.length + 1;
  const dim = axis < 0 ? axis + rank : axis;
  const expanded = inputs.map((input) =>
    graph.reshape(input, [...input.shape.slice(0, dim), 1, ...input.shape.slice(dim)]),
  );
  return concat(graph, expanded, dim);
});

kernel<{ axis: number }>('Unpack', ['value'], (graph, inputs, { axis }) => {
  const x = at(inputs, 0);
  const dim = axis < 0 ? axis + x.shape.length : axis;
  const shape = x.shape.filter((_, i) => i !== dim);
  return pieces(graph, x, dim, Array<number>(at(x.shape, dim)).fill(1)).map((piece) => graph.reshape(piece, shape));
});

kernel<{ numOrSizeSplits: number | number[]; axis: number }>(
  'SplitV',
  ['x'],
  (graph, inputs, { numOrSizeSplits, axis }) => {
    const x = at(inputs, 0);
    const dim = axis < 0 ? axis + x.shape.length : axis;
    const whole = at(x.shape, dim);
    const sizes = Array.isArray(numOrSizeSplits)
      ? numOrSizeSplits
      : Array<number>(numOrSizeSplits).fill(whole / numOrSizeSplits);
    return pieces(graph, x, dim, sizes);
  },
);

/** Consecutive slices of the given sizes along one axis. */
function pieces(graph: GraphBuilder, x: GraphValue, dim: number, sizes: readonly number[]): GraphValue[] {
  let start = 0;
  return sizes.map((size) => {
    const starts = x.shape.map((_, i) => (i === dim ? start : 0));
    start += size;
    return sliceOf(
      graph,
      x,
      starts,
      x.shape.map((full, i) => (i === dim ? size : full)),
    );
  });
}

kernel<{ dims: number[] }>('Reverse', ['x'], (graph, inputs, { dims }) => {
  const x = at(inputs, 0);
  const axes = util.parseAxisParam(dims, [...x.shape]);
  const [starts, ends, steps] = [-1, -2147483648, -1].map((value) => graph.ints(axes.map(() => value)));
  if (!starts || !ends || !steps) throw new Error('unreachable: three constants');
  return graph.emit('Slice', [x, starts, ends, graph.ints(axes), steps], x.shape, x.dtype);
});

kernel<{ start: number; stop: number; step: number; dtype?: 'float32' | 'int32' }>(
  'Range',
  [],
  (graph, _inputs, { start, stop, step, dtype }) => {
    const numbers = Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
    const typed = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
    return graph.constant(new Uint8Array(typed.buffer), [numbers.length], dtype ?? 'float32');
  },
);
