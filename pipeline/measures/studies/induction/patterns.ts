import { roomFor } from '../../../engine/tensor-tree.ts';
import { int32 } from '../../../numbers/tensor.ts';
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

/** Contexts of a forward pass, of a batch and of so many tokens each. */
export const patternRows = (batch: number, length: number): number =>
  Math.min(batch, Math.max(1, Math.floor(mostTokens / length)));

/** Every head's attention on contexts of `length` tokens, one forward pass a batch. */
export async function openPatterns(
  { engine, model, batch }: Pick<StudyJob, 'engine' | 'model' | 'batch'>,
  length: number,
): Promise<PatternReader> {
  const { nHeads } = model.config;
  const rows = patternRows(batch, length);
  const program = patternProgram(model, rows, length);
  const run = await engine.compile(program);
  const room = roomFor(program.outputs);
  return {
    rows,
    async read(contexts) {
      const tokens = int32([rows, length]);
      for (const [row, context] of contexts.entries()) tokens.data.set(context, row * length);
      await run({ tokens }, room);
      return (row, head, destination, source) =>
        room.patterns[Math.floor(head / nHeads)].data[
          ((row * nHeads + (head % nHeads)) * length + destination) * length + source
        ];
    },
    dispose: () => run.dispose(),
  };
}
