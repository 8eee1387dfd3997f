import type { Engine } from '../../engine/program.ts';
import { roomFor } from '../../engine/tensor-tree.ts';
import type { Model } from '../../model/model.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../../numbers/tensor.ts';
import type { ContextFile } from '../../record/context-file.ts';
import { frozenProgram, type UpstreamSaes } from './programs.ts';

/** One context of a frozen pass. */
export interface FrozenContext {
  /** [component, s, dModel], those of lower layers first */
  readonly components: FloatTensor;
  pattern(layer: number): FloatTensor;
  scale(layer: number): FloatTensor;
  /** Of an SAE whose reads are scaled, by its id: [s]. */
  readScale(sae: string): FloatTensor;
  /** f [s, dSae] of a lower layer */
  f(layer: number): FloatTensor;
}

export interface FrozenPassJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly contexts: Pick<ContextFile, 'length' | 'read'>;
}

/** Contexts, some at a time. */
export interface FrozenContexts {
  run(contexts: readonly number[]): Promise<(i: number) => FrozenContext>;
  dispose(): Promise<void>;
}

/** Runs contexts up to the last reader's layer; gives each in turn, as views of memory that the next run overwrites. */
export async function openFrozenPass(
  { engine, model, contexts }: FrozenPassJob,
  saes: UpstreamSaes,
  batch: number,
): Promise<FrozenContexts> {
  const { length } = contexts;
  const program = frozenProgram(model, saes, { batch, length });
  const run = await engine.compile(program);
  const { components, layers, readScales, f } = roomFor(program.outputs);
  const item = (tensor: FloatTensor, i: number) => itemOf(tensor, i, batch);
  return {
    async run(wanted) {
      const tokens = int32([batch, length]);
      for (const [i, context] of wanted.entries()) tokens.data.set(await contexts.read(context, 1), i * length);
      await run({ tokens }, { components, layers, readScales, f });
      return (i) => ({
        components: item(components, i),
        pattern: (layer) => item(layers[layer].pattern, i),
        scale: (layer) => item(layers[layer].scale, i),
        readScale: (sae) => item(readScales[sae], i),
        f: (layer) => item(f[layer], i),
      });
    },
    dispose: () => run.dispose(),
  };
}

/** One context's part of a tensor whose first axis is the batch, or the batch's positions. */
function itemOf({ shape: [first, ...rest], data }: FloatTensor, i: number, batch: number): FloatTensor {
  const shape = first === batch ? rest : [first / batch, ...rest];
  const size = sizeOf(shape);
  return float32(shape, data.subarray(i * size, (i + 1) * size));
}
