import { join } from 'node:path';
import type { TrainConfig } from '../../commands/train.ts';
import { UserError } from '../../errors/user-error.ts';
import { pathKind } from '../../files/files.ts';
import { folderName } from './sae-lens.ts';

type Named = Pick<TrainConfig, 'site' | 'targetL0'>;

/** The folder of an SAE in OUT: by its layer, below that of its sparsity where there are several. */
export const saeFolder = ({ site, targetL0: targets }: Named, layer: number, targetL0: number): string =>
  join(targets.length > 1 ? `l0-${targetL0}` : '', folderName({ layer, site }));

/** Throws UserError where OUT holds an SAE, of whomever, that a training of these layers would write over. */
export async function refuseReplacing(
  config: Named & Pick<TrainConfig, 'out'>,
  layers: readonly number[],
): Promise<void> {
  for (const folder of layers.flatMap((layer) => config.targetL0.map((l0) => saeFolder(config, layer, l0)))) {
    const path = join(config.out, folder);
    if ((await pathKind(path)) === 'missing') continue;
    throw new UserError(`out holds an SAE of the same name, expected another folder or none there (${path})`);
  }
}
