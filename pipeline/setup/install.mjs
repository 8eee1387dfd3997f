import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { inRoot, pinnedNode } from './paths.mjs';

const lockFile = inRoot('package-lock.json');
const stampFile = inRoot('node_modules/.atlas-lock-sha256');

/** Runs `npm ci` unless node_modules already holds what package-lock.json asks for; the exit code. */
export function install() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (!existsSync(pinnedNode) || (read(stampFile) !== hash && !matchesLock())) {
    process.stderr.write('setup: installing packages (npm ci)\n');
    const code = npmCi();
    if (code !== 0) {
      process.stderr.write(`setup: npm ci failed with exit code ${code}; its messages are above\n`);
      return code;
    }
  }
  if (read(stampFile) !== hash) writeFileSync(stampFile, hash);
  return 0;
}

/** Whether the packages npm last put into node_modules are those of the lock: true after the user's own `npm ci`. */
function matchesLock() {
  const installed = packagesOf(inRoot('node_modules/.package-lock.json'));
  const wanted = packagesOf(lockFile);
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const there = installed[path]?.version;
    return there === version || (there === undefined && Boolean(optional ?? devOptional));
  });
}

const packagesOf = (file) => JSON.parse(read(file) || '{}').packages ?? {};
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function npmCi() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const result = npm(args, { stdio: 'inherit', env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  if (result.error) process.stderr.write(`setup: npm cannot be started: ${result.error.message}\n`);
  return result.status ?? 1;
}
