import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { npm } from './npm.mjs';
import { inRoot } from './paths.mjs';
import { environment, start } from './pinned-node.mjs';

const version = '4.22.0';
const folder = inRoot('.cache/tfjs-node');
const libraries = join(folder, 'lib');
const binding = join(folder, 'node_modules/@tensorflow/tfjs-node');

/**
 * Tests the backend tfjs-node-gpu through its CPU twin, which has the same JavaScript and the same C API. Where the twin's own
 * installer cannot download TensorFlow's C library, the one inside the Python wheel tensorflow-cpu is taken; the exit code.
 */
export function testTfjsNode() {
  if (!existsSync(join(binding, 'lib/napi-v8/tfjs_binding.node'))) build();
  // The addon finds TensorFlow's libraries by this, and our code the package by NODE_PATH.
  const own = { NODE_PATH: join(folder, 'node_modules'), LD_LIBRARY_PATH: libraries, TF_CPP_MIN_LOG_LEVEL: '2' };
  const paths = [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  const env = { ...environment, ...own, LD_LIBRARY_PATH: paths };
  return start('vitest', ['run', '--project', 'tfjs-node'], { cwd: inRoot(), env });
}

function build() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(libraries, { recursive: true });
  fetchLibraries();
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  must(
    'npm install',
    npm(['install', ...quiet, `@tensorflow/tfjs-node@${version}`], { cwd: folder, stdio: 'inherit' }),
  );
  // Its backend has to register with the very TensorFlow.js that our programs use, which lies further up.
  const scope = dirname(binding);
  for (const name of readdirSync(scope)) if (name !== 'tfjs-node') rmSync(join(scope, name), { recursive: true });
  linkLibraries();
  compile();
}

/** TensorFlow's C library and headers, out of its Python wheel. */
function fetchLibraries() {
  const wheel = join(folder, 'wheel');
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheel, 'tensorflow-cpu'];
  must('pip download tensorflow-cpu', spawnSync('python3', pip, { stdio: 'inherit' }));
  const parts = ['libtensorflow*', ...['tensorflow/c', 'tsl', 'xla/tsl', 'tensorflow/core/platform'].map(headers)];
  const [name] = readdirSync(wheel);
  const wanted = parts.map((part) => `tensorflow/${part}`);
  must('unzip', spawnSync('unzip', ['-q', '-o', join(wheel, name), ...wanted, '-d', folder], { stdio: 'inherit' }));
  rmSync(wheel, { recursive: true });
}

const headers = (part) => `include/${part}/*`;

function linkLibraries() {
  const deps = join(binding, 'deps');
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(folder, 'tensorflow/include'), join(deps, 'include'));
  const pairs = [
    ['libtensorflow.so', 'libtensorflow_cc.so.2'],
    ['libtensorflow_cc.so.2', 'libtensorflow_cc.so.2'],
    ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
    ['libtensorflow_framework.so.2', 'libtensorflow_framework.so.2'],
  ];
  for (const [link, target] of pairs) symlinkSync(join(folder, 'tensorflow', target), join(deps, 'lib', link));
  for (const target of new Set(pairs.map(([, own]) => own)))
    symlinkSync(join(folder, 'tensorflow', target), join(libraries, target));
}

function compile() {
  const fromNpm = createRequire(join(npm(['root', '--global']).stdout.toString().trim(), 'npm/package.json'));
  const names = [`--module_path=${join(binding, 'lib/napi-v8')}`, '--module_name=tfjs_binding'];
  const versions = ['--napi_version=8', '--napi_build_version=8'];
  const nodedir = npm(['config', 'get', 'nodedir']).stdout.toString().trim();
  const sources = nodedir.startsWith('/') ? [`--nodedir=${nodedir}`] : [];
  const gyp = [fromNpm.resolve('node-gyp/bin/node-gyp.js'), 'rebuild', ...sources, ...names, ...versions];
  must('node-gyp rebuild', spawnSync(process.execPath, gyp, { cwd: binding, stdio: 'inherit' }));
}

function must(what, { status, error }) {
  if (status !== 0) throw new Error(`${what} failed: ${error?.message ?? `exit code ${status}`}`);
}
