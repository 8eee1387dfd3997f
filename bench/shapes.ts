import type { HostShape } from './host-section.ts';
import type { Shape } from './shape.ts';

export interface BenchShapes {
  readonly pipeline: readonly Shape[];
  /** Fewer contexts, since the slow backend must come to an end too; B does not fit its 2 GB of memory. */
  readonly wasm: readonly Shape[];
  readonly host: HostShape;
  /** One small shape on more and more text. */
  readonly growing: readonly Shape[];
  /** Tokens that an SAE is trained on. */
  readonly trained: number;
  readonly site: { readonly layers: number; readonly features: number };
}

const gpt2Text = { length: 128, vocabSize: 50_257 };
const a: Shape = { name: 'A', nLayers: 2, dModel: 256, nHeads: 8, dSae: 2048, contexts: 512, ...gpt2Text };
const b: Shape = { name: 'B', nLayers: 12, dModel: 768, nHeads: 12, dSae: 8192, contexts: 64, ...gpt2Text };
const small: Shape = {
  name: 'small',
  nLayers: 1,
  dModel: 64,
  nHeads: 2,
  dSae: 256,
  contexts: 8192,
  length: 128,
  vocabSize: 4096,
};
const tiny: Shape = { ...small, name: 'tiny', nLayers: 2, contexts: 64 };

/** The shapes that are measured; the quick ones only show that everything runs. */
export function shapesOf(quick: boolean): BenchShapes {
  if (quick) {
    const growing = [small, { ...small, contexts: 2 * small.contexts }];
    return {
      pipeline: [tiny],
      wasm: [tiny],
      host: { shape: tiny, l0: 6 },
      growing,
      trained: 4096,
      site: { layers: 2, features: 256 },
    };
  }
  return {
    pipeline: [a, b],
    wasm: [{ ...a, contexts: 128 }],
    host: { shape: { ...b, name: 'host', dSae: 24_576, contexts: 2048 }, l0: 20 },
    growing: [small, { ...small, contexts: 4 * small.contexts }],
    trained: 262_144,
    site: { layers: 2, features: 4096 },
  };
}
