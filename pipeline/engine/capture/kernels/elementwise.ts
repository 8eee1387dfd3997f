import { backend_util } from '@tensorflow/tfjs-core';
import { graphType } from '../capture-backend.ts';
import { type GraphBuilder, type GraphType, type GraphValue, onnxType } from '../graph.ts';
import { at, kernel } from '../kernel.ts';

const broadcast = (a: GraphValue, b: GraphValue) => backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);

const binary = { Add: 'Add', AddV2: 'Add', Sub: 'Sub', RealDiv: 'Div', Maximum: 'Max', Minimum: 'Min', Pow: 'Pow' };
for (const [name, op] of Object.entries(binary)) {
  kernel(name, ['a', 'b'], (graph, [a, b]) => emitBinary(graph, op, a, b));
}

function emitBinary(graph: GraphBuilder, op: string, a?: GraphValue, b?: GraphValue, dtype?: GraphType): GraphValue {
  if (!a || !b) throw new Error(`${op} needs two inputs`);
  return graph.emit(op, [a, b], broadcast(a, b), dtype ?? a.dtype);
}

const comparison = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  Equal: 'Equal',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};
for (const [name, op] of Object.entries(comparison)) {
  kernel(name, ['a', 'b'], (graph, [a, b]) => emitBinary(graph, op, a, b, 'bool'));
}

kernel('NotEqual', ['a', 'b'], (graph, [a, b]) => {
  const equal = emitBinary(graph, 'Equal', a, b, 'bool');
  return graph.emit('Not', [equal], equal.shape, 'bool');
});

kernel('SquaredDifference', ['a', 'b'], (graph, [a, b]) => {
  const difference = emitBinary(graph, 'Sub', a, b);
  return graph.emit('Mul', [difference, difference], difference.shape, difference.dtype);
});

const unary = {
  Relu: 'Relu',
  Tanh: 'Tanh',
  Exp: 'Exp',
  Log: 'Log',
  Neg: 'Neg',
  Sqrt: 'Sqrt',
  Sigmoid: 'Sigmoid',
  Abs: 'Abs',
  Erf: 'Erf',
  Reciprocal: 'Reciprocal',
  Sign: 'Sign',
  Sin: 'Sin',
  Cos: 'Cos',
  Floor: 'Floor',
  Ceil: 'Ceil',
  Round: 'Round',
  Softplus: 'Softplus',
  Identity: 'Identity',
};
for (const [name, op] of Object.entries(unary)) {
  kernel(name, ['x'], (graph, inputs) => {
    const x = at(inputs, 0);
    return graph.emit(op, [x], x.shape, x.dtype);
  });
}

kernel('LogicalNot', ['x'], (graph, inputs) => {
  const x = at(inputs, 0);
  return graph.emit('Not', [x], x.shape, 'bool');
});

/** Written as Pow, which ONNX Runtime computes as x·x and looks for when it fuses LayerNorm. */
kernel('Square', ['x'], (graph, inputs) => power(graph, at(inputs, 0), 2));

function power(graph: GraphBuilder, x: GraphValue, exponent: number): GraphValue {
  return graph.emit('Pow', [x, graph.scalar(exponent, x.dtype)], x.shape, x.dtype);
}

/** x²·x is written as x³, which ONNX Runtime looks for when it fuses GELU. */
kernel('Multiply', ['a', 'b'], (graph, [a, b]) => {
  const square = a && graph.producer(a);
  const cubes =
    b && square?.op === 'Pow' && square.inputs[0] === b.name && square.inputs[1] === graph.scalar(2, b.dtype).name;
  return cubes ? power(graph, b, 3) : emitBinary(graph, 'Mul', a, b);
});

kernel('Rsqrt', ['x'], (graph, inputs) => {
  const x = at(inputs, 0);
  return graph.emit('Reciprocal', [graph.emit('Sqrt', [x], x.shape, x.dtype)], x.shape, x.dtype);
});

/** 1 where x > 0, else alpha; the gradient of ReLU. */
kernel<{ alpha: number }>('Step', ['x'], (graph, inputs, { alpha }) => {
  const x = at(inputs, 0);
  const positive = graph.emit('Greater', [x, graph.scalar(0, x.dtype)], x.shape, 'bool');
  const one = graph.scalar(1, 'float32');
  return graph.emit('Where', [positive, one, graph.scalar(alpha, 'float32')], x.shape, 'float32');
});

kernel<{ clipValueMin: number; clipValueMax: number }>(
  'ClipByValue',
  ['x'],
  (graph, inputs, { clipValueMin, clipValueMax }) => {
    const x = at(inputs, 0);
    return graph.emit(
      'Clip',
      [x, graph.scalar(clipValueMin, x.dtype), graph.scalar(clipValueMax, x.dtype)],
      x.shape,
      x.dtype,
    );
  },
);

kernel<{ dtype: 'float32' | 'int32' | 'bool' }>('Cast', ['x'], (graph, inputs, { dtype }) => {
  const x = at(inputs, 0);
  return graph.emit('Cast', [x], x.shape, graphType(dtype), { to: onnxType[graphType(dtype)] });
});

kernel('Select', ['condition', 't', 'e'], (graph, inputs) => {
  const [condition, chosen, other] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
  return graph.emit('Where', [condition, chosen, other], chosen.shape, chosen.dtype);
});

for (const [name, value] of Object.entries({ ZerosLike: 0, OnesLike: 1 })) {
  kernel(name, ['x'], (graph, inputs) => graph.fill(value, at(inputs, 0).shape, at(inputs, 0).dtype));
}

kernel<{ shape: number[]; value: number; dtype?: 'float32' | 'int32' | 'bool' }>(
  'Fill',
  [],
  (graph, _inputs, { shape, value, dtype }) => graph.fill(value, shape, graphType(dtype ?? 'float32')),
);
