import * as tf from '@tensorflow/tfjs-core';
import { type CompiledBy, type Engine, floatSpec, program } from '../../engine/program.ts';
import { float32 } from '../../numbers/tensor.ts';
import { type SaeShape, widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** The one dense product of a step: x·wEncᵀ + bEnc, [batch, width] and [dSae, width] → pre [batch, dSae]. */
function encoderProgram(shape: SaeShape) {
  const width = widthOf(shape);
  return program({
    name: 'sparse autoencoder’s encoder',
    inputs: { x: floatSpec(shape.batch, width), wEnc: floatSpec(shape.dSae, width), bEnc: floatSpec(shape.dSae) },
    outputs: { pre: floatSpec(shape.batch, shape.dSae) },
    weights: {},
    body: ({ x, wEnc, bEnc }) => {
      return { pre: tf.add(tf.matMul(x as tf.Tensor2D, wEnc as tf.Tensor2D, false, true), bEnc) };
    },
  });
}

export type Encoder = CompiledBy<typeof encoderProgram>;

export const compileEncoder = (engine: Engine, shape: SaeShape): Promise<Encoder> =>
  engine.compile(encoderProgram(shape));

/** What of a state the encoder reads and fills. */
interface Encoding {
  readonly options: SaeShape;
  readonly floats: Pick<SaeState['floats'], 'x' | 'pre'>;
  readonly parameters: { readonly [name in 'wEnc' | 'bEnc']: { readonly p: Float32Array } };
}

/** Fills the state's `pre` from its x. */
export async function encodeBatch(encoder: Encoder, { options, floats, parameters }: Encoding): Promise<void> {
  const { batch, dSae } = options;
  const width = widthOf(options);
  const matrix = (data: Float32Array, rows: number, columns: number) =>
    float32([rows, columns], data.subarray(0, rows * columns));
  await encoder(
    {
      x: matrix(floats.x, batch, width),
      wEnc: matrix(parameters.wEnc.p, dSae, width),
      bEnc: float32([dSae], parameters.bEnc.p.subarray(0, dSae)),
    },
    { pre: matrix(floats.pre, batch, dSae) },
  );
}
