import type { HostTensors } from '../../../engine/program.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import type { StudyJob } from '../study.ts';
import { patternProgram } from './programs.ts';

/** A^h[t, s] of a row of the last batch; `head` counts through all layers: layer·nHeads + head. */
export type AttentionAt = (row: number, head: number, destination: number, source: number) => number;

export interface PatternReader {
  /** Contexts of a forward pass. */
  readonly rows: number;
  /** Runs up to as many; what it gives reads memory that the next call overwrites. */
  read(contexts: readonly ArrayLike<number>[]): Promise<AttentionAt>;
  dispose(): Promise<void>;
}

/** Tokens of a forward pass, at most: the patterns of long contexts are large. */
const mostTokens = 2048;

/** Every head's attention on contexts of `length` tokens, one forward pass a batch. */
export async function openPatterns(
  { engine, model, batch }: Pick<StudyJob, 'engine' | 'model' | 'batch'>,
  length: number,
): Promise<PatternReader> {
  const { nHeads, nLayers } = model.config;
  const rows = Math.min(batch, Math.max(1, Math.floor(mostTokens / length)));
  const program = await engine.compile(patternProgram(model, rows, length));
  const room = Array.from({ length: nLayers }, () => float32([rows, nHeads, length, length]));
  const into: HostTensors = Object.fromEntries(room.map((tensor, layer) => [`pattern.${layer}`, tensor]));
  return {
    rows,
    async read(contexts) {
      const tokens = int32([rows, length]);
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
