import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { binFile, inRoot } from './paths.mjs';
import { environment, start } from './pinned-node.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium that starts: a named or installed one, else Playwright's download, else Debian's package. */
export async function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named && !starts(named)) throw new Error(`CHROMIUM_PATH is ${named}, expected a browser that starts`);
  return named || (installed() ?? (await playwrights()) ?? (await debians()) ?? noBrowser());
}

/** SwiftShader, the Vulkan driver in software that comes with Chromium: lets WebGPU run without a GPU. */
export function findSwiftShader(browser) {
  const folders = [dirname(browser), '/usr/lib/chromium', '/opt/google/chrome'];
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((file) => existsSync(file));
}

const starts = (path) => existsSync(path) && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;

function installed() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(starts);
}

async function playwrights() {
  const { chromium } = await import(pathToFileURL(inRoot('node_modules/playwright-core/index.mjs')).href);
  if (starts(chromium.executablePath())) return chromium.executablePath();
  process.stderr.write('setup: no Chromium found, asking Playwright for one\n');
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000', ...environment };
  await start(binFile('playwright-core'), ['install', 'chromium'], { env });
  return starts(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

async function debians() {
  if (spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  process.stderr.write('setup: asking Debian for the package chromium\n');
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const [program, ...rest] = [...prefix, 'apt-get', ...args];
    await start(program, rest, { env });
  }
  return installed();
}

function noBrowser() {
  const tried = `looked for ${NAMES.join(', ')} on PATH, then tried Playwright and apt-get`;
  throw new Error(`no Chromium: ${tried}; install one, or set CHROMIUM_PATH to it`);
}
