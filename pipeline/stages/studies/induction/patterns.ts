import { float32, int32 } from '../../../core/tensor.ts';
import type { HostTensors } from '../../../engine/program.ts';
import type { StudyJob } from '../study.ts';
import { patternProgram } from './programs.ts';

/** A^h[t, s] of a row of the last batch; `head` counts through all layers: layer·nHeads + head. */
export type AttentionAt = (row: number, head: number, destination: number, source: number) => number;

export interface PatternReader {
  /** Runs up to `batch` contexts; what it gives reads memory that the next call overwrites. */
  read(contexts: readonly ArrayLike<number>[]): Promise<AttentionAt>;
  dispose(): Promise<void>;
}

/** Every head's attention on contexts of `length` tokens, one forward pass a batch. */
export async function openPatterns(
  { engine, model, batch }: Pick<StudyJob, 'engine' | 'model' | 'batch'>,
  length: number,
): Promise<PatternReader> {
  const { nHeads, nLayers } = model.config;
  const program = await engine.compile(patternProgram(model, batch, length));
  const room = Array.from({ length: nLayers }, () => float32([batch, nHeads, length, length]));
  const into: HostTensors = Object.fromEntries(room.map((tensor, layer) => [`pattern.${layer}`, tensor]));
  return {
    async read(contexts) {
      const tokens = int32([batch, length]);
      for (const [row, context] of contexts.entries()) tokens.data.set(context, row * length);
      await program.run({ tokens }, into);
      return (row, head, destination, source) =>
        room[Math.floor(head / nHeads)]?.data[
          ((row * nHeads + (head % nHeads)) * length + destination) * length + source
        ] ?? Number.NaN;
    },
    dispose: () => program.dispose(),
  };
}
