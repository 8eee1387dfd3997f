import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors/user-error.ts';

export interface AstroBuild {
  /** The project's folder. */
  readonly root: string;
  readonly outDir: string;
  readonly base: string;
}

/** What the process that builds says: so many pages are made, or why it ends. */
export type FromBuilder = number | { readonly message: string; readonly stack: string; readonly isUserError: boolean };

/** Builds a project by Astro, which reads what to build from the environment, in its config and the pages' data modules. */
export async function buildByAstro({ root, ...options }: AstroBuild): Promise<void> {
  const { build } = await import('astro');
  const cwd = process.cwd();
  process.chdir(root);
  try {
    await build({ ...options, root, logLevel: 'silent' }); // it would print each page's error; the first is thrown
  } finally {
    process.chdir(cwd);
  }
}

/** The same in a process of its own, whose memory goes with it. */
export function buildApart(build: AstroBuild, reportPages: (pages: number) => void): Promise<void> {
  const builder = fork(fileURLToPath(new URL('./astro-builder.ts', import.meta.url)), [JSON.stringify(build)], {
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    builder.on('message', (said: FromBuilder) => {
      if (typeof said === 'number') reportPages(said);
      else reject(errorOf(said));
    });
    builder.once('error', reject);
    builder.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`Astro's process ended with ${signal ?? code}`));
    });
  });
}

function errorOf({ message, stack, isUserError }: Exclude<FromBuilder, number>): Error {
  return isUserError ? new UserError(message) : Object.assign(new Error(message), { stack });
}
