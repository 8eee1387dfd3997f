// npm run test:package: packs, installs the packed file into an empty folder as `npm install --global` does, and runs the
// demo on a little text, its site and a program of the library there, with nothing of the repository in reach. Where the
// system lets it, as a user who may not write into the package.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { npm } from './npm.mjs';
import { inRoot } from './paths.mjs';

const isWindows = process.platform === 'win32';
const nobody = 65_534;
const tokens = process.argv[2] ?? '4096';

const folder = mkdtempSync(join(tmpdir(), 'atlas-package-'));
function pack() {
  done(npm(['pack', '--pack-destination', folder], { stdio: 'inherit' }), 'npm pack');
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  console.log(`packed: ${megabytes(statSync(join(folder, name)).size)}`);
  return join(folder, name);
}

function install(packed) {
  const prefix = join(folder, 'global');
  mkdirSync(prefix);
  // npm run hands on this project's settings, which are not to reach the installation.
  delete process.env.ONNXRUNTIME_NODE_INSTALL;
  delete process.env.npm_config_onnxruntime_node_install;
  const args = ['install', '--global', '--prefix', prefix, packed, '--no-audit', '--no-fund'];
  done(npm(args, { cwd: prefix, stdio: 'inherit' }), 'npm install --global');
  const modules = join(prefix, isWindows ? 'node_modules' : 'lib/node_modules');
  console.log(`installed: ${megabytes(sizeOf(modules))}`);
  const atlas = isWindows ? join(prefix, 'atlas.cmd') : join(prefix, 'bin/atlas');
  return { atlas, folder: join(modules, 'attention-atlas') };
}

/** A program of its own, checked by TypeScript and run: it sees the package as any dependency. */
function useLibrary(installedAt, work) {
  const project = emptyFolder('project');
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(installedAt, join(project, 'node_modules/attention-atlas'), 'junction');
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'read.mts'), program(join(work, 'run')));
  const options = [
    '--strict',
    '--target',
    'es2024',
    '--lib',
    'es2024,esnext',
    '--module',
    'nodenext',
    '--types',
    'node',
  ];
  const types = ['--typeRoots', inRoot('node_modules/@types'), '--skipLibCheck'];
  const compiler = inRoot('node_modules/typescript/bin/tsc');
  run(process.execPath, [compiler, ...options, ...types, 'read.mts'], project, { isOurs: true });
  run(inRoot('node_modules/node/bin', isWindows ? 'node.exe' : 'node'), ['read.mjs'], project, { isOurs: true });
}

const program = (out) => `
import { openRun, UserError } from 'attention-atlas';
const run = await openRun(${JSON.stringify(out)});
const [feature] = await run.tables.features.rows({ layer: 1, feature: 7 });
const strongest: number = feature.max_activation;
const weights: Float64Array | Float32Array = feature.head_weights;
const features: number = run.record.counts.features;
if (!(strongest >= 0) || weights.length !== run.record.model.nHeads) throw new Error('a row is not as declared');
if ((await run.tables.features.count()) !== features) throw new Error('rows are missing');
run.close();
await openRun('nowhere').then(() => process.exit(3), (error) => { if (!(error instanceof UserError)) throw error; });
`;

function emptyFolder(name) {
  const path = join(folder, name);
  mkdirSync(path);
  if (process.getuid?.() === 0) chownSync(path, nobody, nobody);
  return path;
}

/** Runs a program without the repository's own on PATH; as nobody, where we are root and it is not a tool of ours. */
function run(file, args, cwd, { isOurs = false } = {}) {
  const PATH = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => !part.includes('node_modules'))
    .join(delimiter);
  const HOME = emptyHome(cwd);
  const user = process.getuid?.() === 0 && !isOurs ? { uid: nobody, gid: nobody } : {};
  const env = { ...process.env, PATH, HOME, npm_config_global: '', INIT_CWD: '' };
  done(spawnSync(file, args, { cwd, env, stdio: 'inherit', shell: isWindows, ...user }), `${file} ${args[0]}`);
}

const emptyHome = (cwd) => {
  mkdirSync(join(cwd, '.home'), { recursive: true });
  return join(cwd, '.home');
};

function expectFiles(from, files) {
  const missing = files.filter((file) => !statSync(join(from, file), { throwIfNoEntry: false })?.isFile());
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
}

function done({ status, error }, what) {
  if (error) throw error;
  if (status !== 0) throw new Error(`${what} failed with exit code ${status}`);
}

function sizeOf(from) {
  const entries = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

try {
  chmodSync(folder, 0o755);
  const packed = pack();
  const installed = install(packed);
  const work = emptyFolder('work');
  run(installed.atlas, ['demo', '--no-serve', '--tokens', tokens, '--out', 'run', '--site', 'site'], work);
  expectFiles(work, ['run/run.json', 'site/index.html', 'site/explorer.html', 'site/features.html']);
  useLibrary(installed.folder, work);
  console.log('the packed file installs, and runs the demo, its site and the library');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
