import type { FloatTensor } from './tensor.ts';

export type SaeActivation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'jumprelu'; readonly threshold: FloatTensor }
  | { readonly kind: 'topk'; readonly k: number };

/** A sparse autoencoder of one layer's z. Source: Kissane et al. 2024, arXiv:2406.17759, section 2. */
export interface Sae {
  readonly layer: number;
  /** nHeads · dHead of the layer it reads. */
  readonly dIn: number;
  readonly dSae: number;
  readonly activation: SaeActivation;
  /** Whether bDec is subtracted from z before encoding. */
  readonly subtractDecoderBias: boolean;
  /** [dIn, dSae] */
  readonly wEnc: FloatTensor;
  /** [dSae] */
  readonly bEnc: FloatTensor;
  /** [dSae, dIn] */
  readonly wDec: FloatTensor;
  /** [dIn] */
  readonly bDec: FloatTensor;
  /** The folder or file it was read from, for error texts and run.json. */
  readonly source: string;
}
