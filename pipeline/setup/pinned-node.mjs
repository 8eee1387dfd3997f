import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { pathToFileURL } from 'node:url';
import { heaps } from '../../bin/heaps.mjs';
import { binFolder, inRoot, pathKey, pinnedNode } from './paths.mjs';

/** The environment of everything we start: our own Node first, little memory kept by glibc, and no telemetry. */
export const environment = {
  ...heaps,
  ...process.env,
  [pathKey]: [binFolder, process.env.PATH].join(delimiter),
  ASTRO_TELEMETRY_DISABLED: '1',
};

/** Runs one of our command lines on the pinned Node, in this process when it is already that; the exit code. */
export async function runPinned(script, args) {
  // npm run changes into the package's folder, but the user's relative paths start where the command was typed.
  if (process.env.npm_lifecycle_event && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  const file = inRoot(script);
  if (realpathSync(process.execPath) !== realpathSync(pinnedNode)) return start(pinnedNode, [file, ...args]);
  process.env.ASTRO_TELEMETRY_DISABLED = '1';
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
  return process.exitCode ?? 0;
}

/** Starts a program that shares our terminal, passes signals on to it, and resolves to its exit code. */
export function start(program, args, options = {}) {
  return new Promise((resolve) => {
    const [file, ...rest] = asStarted(program, args);
    const shell = program.endsWith('.cmd');
    const child = spawn(file, rest, { stdio: 'inherit', env: environment, shell, ...options });
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', (error) => {
      process.stderr.write(`setup: ${program} cannot be started: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** The words of a command; a script's, which a shell takes apart again, in quotes. */
const asStarted = (program, args) => {
  const words = [program, ...args];
  return program.endsWith('.cmd') ? words.map((word) => (/\s/.test(word) ? `"${word}"` : word)) : words;
};
