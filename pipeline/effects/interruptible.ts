import type { Effects } from './types.ts';

/** The user asked the command to stop; thrown where a stage reports its progress, the one place where it may. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Effects that stop their command at its next report of progress once `isStopping`. */
export function interruptible(effects: Effects, isStopping: () => boolean): Effects {
  const stop = (): void => {
    if (isStopping()) throw new Interrupted('interrupted');
  };
  return {
    ...effects,
    progress(label, total, unit, from) {
      stop();
      const progress = effects.progress(label, total, unit, from);
      return {
        update(done) {
          progress.update(done);
          stop();
        },
        end: () => progress.end(),
      };
    },
  };
}
