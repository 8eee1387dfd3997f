import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
// biome-ignore lint/plugin: a few names
export const inRoot = (...parts) => join(root, ...parts);
export const binFolder = inRoot('node_modules/.bin');
export const pinnedNode = inRoot('node_modules/node/bin/node');
