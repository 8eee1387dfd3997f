import { UserError } from '../errors/user-error.ts';

const least = [22, 12] as const;

/** Throws UserError where Node is older than a run needs; `atlas` itself fetches a newer one, which an import cannot. */
export function checkNode(running = process.versions.node): void {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return;
  throw new UserError(`Node is ${running}, expected ${least.join('.')} or newer: attention-atlas does not run on less`);
}
