import type { SubmitConfig } from '../commands/submit.ts';
import { UserError } from '../errors/user-error.ts';

type Engine = SubmitConfig['engine'];

/** Whose jobs can say it, of the settings that not all engines have. */
const enginesOf = {
  gpus: ['slurm', 'kubernetes'],
  sbatch: ['slurm'],
  image: ['kubernetes', 'sky'],
  volume: ['kubernetes', 'sky'],
  accelerators: ['sky'],
} as const satisfies Partial<Record<keyof SubmitConfig, readonly Engine[]>>;

/** Throws UserError for a setting that the engine's jobs would leave out. */
export function refuseUnused(config: SubmitConfig): void {
  const { engine, gpus, sbatch, image, volume, accelerators } = config;
  const given = { gpus: gpus > 0 || undefined, sbatch, image, volume, accelerators };
  for (const [name, engines] of Object.entries(enginesOf)) {
    const isUsed = engines.some((one) => one === engine);
    if (isUsed || Reflect.get(given, name) === undefined) continue;
    throw new UserError(`${name} with engine ${engine}, expected with ${engines.join(' or ')} alone`);
  }
}
