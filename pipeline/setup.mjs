// What npm's scripts start: plain JavaScript for any Node from 20 on, with no dependency, because nothing may be
// installed yet. It installs what is missing and goes on with the pinned Node (of npm’s package node).
import { install } from './setup/install.mjs';
import { runPinned } from './setup/pinned-node.mjs';
import { check, docs, prove } from './setup/proof.mjs';
import { testTfjsNode } from './setup/tfjs-node.mjs';

const commands = {
  demo: (args) => runPinned('pipeline/cli.ts', ['demo', ...args]),
  atlas: (args) => runPinned('pipeline/cli.ts', args),
  calibrate: () => runPinned('pipeline/measures/studies/families/write-calibration.ts', []),
  bench: (args) => runPinned('bench/bench.ts', args),
  fuzz: (args) => runPinned('tests/fuzz/main.ts', args),
  docs: () => docs(),
  build: () => runPinned('pipeline/setup/build-package.mjs', []),
  'test-package': (args) => runPinned('pipeline/setup/test-package.mjs', args),
  check: () => check(),
  'test:slurm': (args) => runPinned('tests/slurm/main.ts', args),
  test: () => prove(),
  'test:tfjs-node': () => testTfjsNode(),
};

const [name, ...args] = process.argv.slice(2);
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) fail(`Node ${process.versions.node} is too old, expected 20 or newer`);
if (!Object.hasOwn(commands, name ?? '')) fail(`expected one of ${Object.keys(commands).join(', ')}, got ${name}`);
const installed = install();
process.exitCode = installed === 0 ? await commands[name](args) : installed;

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}
