import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
// biome-ignore lint/plugin: a few names
export const inRoot = (...parts) => join(root, ...parts);
export const binFolder = inRoot('node_modules/.bin');
export const isWindows = process.platform === 'win32';
export const pinnedNode = inRoot('node_modules/node/bin', isWindows ? 'node.exe' : 'node');
/** The program of a tool that npm has installed; on Windows a script for the shell. */
export const binFile = (name) => join(binFolder, isWindows ? `${name}.cmd` : name);
/** Windows has PATH under another case, and of two spellings in an environment either may win. */
export const pathKey = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
