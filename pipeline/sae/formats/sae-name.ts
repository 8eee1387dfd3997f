import { basename, dirname } from 'node:path';
import { nameIn } from '../../files/name-in.ts';

/** What an SAE is called: the folder that is its own, `saes/l0`, or the file that it shares a folder with others by. */
export function saeName({ root, weightsPath }: { readonly root: string; readonly weightsPath: string }): string {
  const isShared = weightsPath.endsWith('.pt') && basename(weightsPath) !== 'ae.pt';
  const folder = dirname(weightsPath);
  const own = basename(folder) === 'checkpoints' ? dirname(folder) : folder;
  return nameIn('saes', root, isShared ? weightsPath : own);
}
