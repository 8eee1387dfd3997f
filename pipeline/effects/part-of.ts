import type { Progress } from './types.ts';

/** The progress of one part of something, which begins where `done` things are. */
export const partOf = (whole: Progress, done: number): Progress => ({
  update: (count) => whole.update(done + count),
  end: () => {},
});
