#!/usr/bin/env node
// The command `atlas`: goes on in this Node where it is new enough, else in a Node 22 of its own.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { heaps } from './heaps.mjs';
import { fetchNode, findNode, isNewEnough } from './newer-node.mjs';

const cli = fileURLToPath(new URL('../build/pipeline/cli.js', import.meta.url));
const args = process.argv.slice(2);

if (isNewEnough(process.versions.node)) {
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
} else {
  const node = findNode() ?? fetched();
  if (node) goOnIn(node);
  else process.exitCode = 1;
}

function fetched() {
  const { node } = process.versions;
  process.stderr.write(`atlas: this is Node ${node}, and atlas needs 22.12 or newer: npm fetches Node 22, once\n`);
  const program = fetchNode();
  if (!program)
    process.stderr.write('atlas: npm could not fetch it; install Node 22.12 or newer (https://nodejs.org)\n');
  return program;
}

/** Shares our terminal, passes signals on, and ends as it ends. */
function goOnIn(node) {
  const env = { ...heaps, ...process.env };
  const child = spawn(node, [cli, ...args], { stdio: 'inherit', env });
  const pass = (signal) => child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  child.on('error', (error) => {
    process.stderr.write(`atlas: ${node} cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.off('SIGINT', pass).off('SIGTERM', pass);
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
