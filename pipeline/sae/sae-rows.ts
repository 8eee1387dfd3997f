import type { Encoding } from './sae.ts';
import type { Site } from './site.ts';

/** An SAE of which single features' weights are read, wherever they are kept. */
export interface SaeRows {
  readonly site: Site;
  readonly dIn: number;
  readonly encoding: Encoding;
  readonly bEnc: Float32Array;
  readonly bDec: Float32Array;
  /** Columns wEnc[:, i] as rows [feature, dIn]. */
  encoderRows(features: Int32Array): Float32Array;
  /** Rows wDec[i] [feature, dIn]. */
  decoderRows(features: Int32Array): Float32Array;
}
