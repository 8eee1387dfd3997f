import { dirname } from 'node:path';
import { nameIn } from '../../files/name-in.ts';

/** What an SAE is called: the folder that is its own, `saes/l0`, or the file that it shares a folder with others by. */
export function saeName({ root, weightsPath }: { readonly root: string; readonly weightsPath: string }): string {
  return nameIn('saes', root, weightsPath.endsWith('.pt') ? weightsPath : dirname(weightsPath));
}
