import { startChild } from '../effects/process/start-child.ts';

export interface AstroBuild {
  /** The project's folder. */
  readonly root: string;
  readonly outDir: string;
  readonly base: string;
}

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

/** The same in a process of its own. */
export const buildApart = (build: AstroBuild, reportPages: (pages: number) => void): Promise<void> =>
  startChild(new URL('./astro-builder.ts', import.meta.url), { ...build }, { hear: reportPages }).ended;
