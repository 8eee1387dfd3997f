import { basename, relative, sep } from 'node:path';

/**
 * What a file of a named input is called wherever others read it: `saes/l0/cfg.json`, whatever the folder of the SAEs is
 * called and wherever it is. Of a file that lies elsewhere, its own name alone.
 */
export function nameIn(input: string, folder: string, path: string): string {
  const inside = relative(folder, path).split(sep);
  const parts = inside[0] === '..' ? [basename(path)] : inside.filter((part) => part !== '');
  return [input, ...parts].join('/');
}
