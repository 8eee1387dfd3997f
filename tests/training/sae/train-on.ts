import { silentEffects } from '../../../pipeline/effects.ts';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import type { ActivationStream } from '../../../pipeline/training/sae/activations.ts';
import { BlockStore } from '../../../pipeline/training/sae/block-store.ts';
import { compileEncoder } from '../../../pipeline/training/sae/encoder.ts';
import type { SaeKind } from '../../../pipeline/training/sae/kind-names.ts';
import { kinds } from '../../../pipeline/training/sae/kinds.ts';
import { normalizerOf } from '../../../pipeline/training/sae/normalizer.ts';
import type { SaeShape } from '../../../pipeline/training/sae/shape.ts';
import { startingLambda, startState } from '../../../pipeline/training/sae/start.ts';
import { createState } from '../../../pipeline/training/sae/state.ts';
import { type TrainerOptions, trainSteps } from '../../../pipeline/training/sae/trainer.ts';

/** Tokens of the one block that is trained on again and again. */
const BLOCK = 8192;

interface Data {
  readonly shape: SaeShape;
  readonly targetL0: number;
  readonly open: () => ActivationStream;
}

/** Trains one SAE, of layer 3, on a stream of activations. */
export async function trainOn(
  { shape, targetL0, open }: Data,
  kind: SaeKind,
  more: Partial<TrainerOptions> = {},
  effects = silentEffects(),
) {
  const { dIn, dSae, batch } = shape;
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const prefixes = more.prefixes ?? [dSae];
  const room = { entries: batch * dSae, auxEntries: batch * Math.ceil(targetL0), groups: prefixes.length };
  const state = await createState({ ...shape, ...room });
  const encoder = await compileEncoder(engine, shape);
  const [sample = new Float32Array(0)] = await open().next();
  const normalizer = normalizerOf(sample, dIn);
  const scaled = sample.map((value, i) => (value - (normalizer.mean[i % dIn] ?? 0)) * normalizer.scale);
  await startState(state, { kind, targetL0, encoder, sample: scaled, random: seededRandom(2) });
  const none = { error: 0, leastError: 0, spread: 0, l0: 0, threshold: 0, gradient: 0 };
  const figures = { ...none, lambda: startingLambda(state, kind) };
  const lastActive = new Float64Array(dSae);
  const training = { layer: 3, targetL0, index: 0, kind: kinds[kind], state, figures, lastActive };
  const blocks = new BlockStore({
    shape: { layers: 1, dIn, tokens: BLOCK },
    normalizers: [normalizer],
    keep: true,
    records: [],
    open: async () => open(),
  });
  const options: TrainerOptions = {
    ...{ trainings: [training], encoder, blocks, blockTokens: BLOCK, blockCount: 1, batch },
    ...{ steps: 600, lr: 3e-3, warmupSteps: 20, deadAfter: 30, prefixes, seed: 1, save: async () => {} },
    ...more,
  };
  const curve = await trainSteps(options, effects, { done: 0, curve: [] });
  return { training, curve, encoder, normalizer };
}
