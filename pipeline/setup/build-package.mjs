// What npm packs: JavaScript of pipeline/ and site/ and the library's types, made by TypeScript's own compiler, because Node strips no
// types under node_modules. Beside them lie the files that are no TypeScript, with the names of the compiled modules.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { compiledNames } from './compiled-names.mjs';
import { isPackedData } from './packed-data.mjs';
import { inRoot, root } from './paths.mjs';

const folder = inRoot('build');
/** Of the repository alone, or TypeScript's to compile. */
const isLeftOut = (path) => /\.ts$|\.md$|(^|[\\/])(setup|tsconfig\.maths\.json|setup\.mjs)([\\/]|$)/.test(path);
/** Markup with code in it, which Vite compiles when a site is built. */
const isMarkup = (path) => ['.astro', '.svelte'].includes(extname(path));

rmSync(folder, { recursive: true, force: true });
// Types are checked by `npm run check`.
compile('tsconfig.build.json');
compile('tsconfig.types.json');
for (const source of ['pipeline', 'site']) copyOthers(source);
for (const path of filesUnder(folder).filter((name) => /\.(js|d\.ts)$/.test(name))) rename(join(folder, path));
cpSync(inRoot('data'), join(folder, 'data'), { recursive: true, filter: isPackedData });
writeFileSync(join(folder, 'astro.config.mjs'), compiledNames(readFileSync(inRoot('astro.config.mjs'), 'utf8')));

function compile(config) {
  const compiler = inRoot('node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', inRoot(config)], {
    stdio: 'inherit',
    cwd: root,
  });
  if (status !== 0) throw new Error(`tsc failed with exit code ${status}; its messages are above`);
}

function copyOthers(source) {
  for (const path of filesUnder(inRoot(source)).filter((name) => !isLeftOut(name))) {
    const to = join(folder, source, path);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(inRoot(source, path), to);
    if (isMarkup(path)) rename(to);
  }
}

function rename(file) {
  const text = readFileSync(file, 'utf8');
  const renamed = compiledNames(text);
  if (renamed !== text) writeFileSync(file, renamed);
}

/** Paths of all files in a folder, from it. */
function filesUnder(from) {
  if (!existsSync(from)) return [];
  const entries = readdirSync(from, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(from.length + 1));
}
