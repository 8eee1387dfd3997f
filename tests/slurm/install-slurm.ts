import { execFileSync, spawnSync } from 'node:child_process';

const commands = ['slurmctld', 'slurmd', 'sbatch', 'munged'];
const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Installs Debian's Slurm and munge where they are missing. Why Slurm cannot be tested here; nothing where it can. */
export function installSlurm(say: (line: string) => void): string | undefined {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  if (process.getuid?.() !== 0) return 'its daemons are started as root, and this user is not';
  if (!commands.every(isThere)) {
    if (!isThere('apt-get'))
      return `${commands.filter((one) => !isThere(one)).join(', ')} are missing, and there is no apt-get`;
    say('installing slurm-wlm and munge');
    try {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'slurm-wlm', 'munge']]) {
        execFileSync('apt-get', ['-qq', ...args], { env: environment, stdio: 'pipe' });
      }
    } catch (error) {
      return `apt-get cannot install them: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`;
    }
  }
  return undefined;
}
