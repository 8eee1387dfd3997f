// Fetches Node 22 at installation, while there is a network, for a machine whose own is older.
import { fileURLToPath } from 'node:url';
import { fetchNode, findNode, isNewEnough } from './newer-node.mjs';

const isInstalled = /[\\/]node_modules[\\/]/.test(fileURLToPath(new URL('.', import.meta.url)));
// Where it fails, the first command tries again, and says so.
if (isInstalled && !isNewEnough(process.versions.node) && !findNode()) fetchNode();
