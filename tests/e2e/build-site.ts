import { execFileSync } from 'node:child_process';

/** Builds the site of a run into `out`, as the command line does; what it complains of is in the error. */
export function buildSite(run: string, out: string, base: string, flags: readonly string[] = []): void {
  const args = ['pipeline/cli.ts', 'site', '--run', run, '--out', out, '--base', base, ...flags];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
