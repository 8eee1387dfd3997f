import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkAdvisories } from './advisories.mjs';
import { findBrowser, findSwiftShader } from './browser.mjs';
import { checkLicences } from './licences.mjs';
import { binFile, inRoot, pinnedNode, root } from './paths.mjs';
import { environment, start } from './pinned-node.mjs';

const scratch = inRoot('.cache/proof');
const inScratch = (name) => join(scratch, name);

/** Where the browser tests find the site built here; its base path is not the root, which is where links break. */
const site = { run: inScratch('run'), out: inScratch('site'), base: '/atlas' };
const atlas = (...args) => [pinnedNode, 'pipeline/cli.ts', ...args];
const bin = (name, ...args) => [binFile(name), ...args];

const checks = [
  step('type check', bin('tsc', '--noEmit')),
  step(
    'type check of the maths, without Node and the DOM',
    bin('tsc', '--noEmit', '-p', 'pipeline/tsconfig.maths.json'),
  ),
  step('type check of pages', bin('astro', 'check', '--minimumFailingSeverity', 'error')),
  step('type check of components', bin('svelte-check', '--threshold', 'error', '--output', 'human')),
  step('lint and format', bin('biome', 'ci', '--error-on-warnings', '.')),
  step('import direction', bin('depcruise', '--config', '.dependency-cruiser.mjs', 'pipeline', 'site', 'bench')),
  step('guards that guard nothing', [pinnedNode, 'pipeline/setup/idle-guards.ts']),
  step('unused files and exports', bin('knip')),
  { name: 'licences', run: checkLicences },
  { name: 'advisories', run: checkAdvisories },
];

const proof = [
  ...checks,
  { name: 'a browser', run: prepareBrowser },
  vitest('unit'),
  step(
    'a small run',
    atlas('run', 'data/demo.json', '--tokens', '32768', '--quality-tokens', '4096', '--out', site.run),
  ),
  step('its site', atlas('site', '--run', site.run, '--out', site.out, '--base', site.base)),
  vitest('e2e'),
];

/** The reference pages, from declarations and comments; the exit code. */
export const docs = () => {
  environment.ATLAS_STORE_DOCS = 'yes';
  return runSteps([
    step('commands and tables', bin('vitest', 'run', '--project', 'unit', 'tests/docs/reference.test.ts')),
    step('library', bin('typedoc')),
  ]);
};

/** Static checks only; the exit code. */
export const check = () => runSteps(checks);

/** Everything that shows the product right, ending with a line `N passed, N failed`; the exit code. */
export async function prove() {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const code = await runSteps(proof);
  const { passed, failed } = countTests();
  // A step that fails outside a test (a type error, say) is a failure too.
  console.log(`${passed} passed, ${code === 0 ? failed : Math.max(1, failed)} failed`);
  return code;
}

/** Runs the steps in turn, saying which, until one fails. */
async function runSteps(steps) {
  for (const { name, run } of steps) {
    console.log(`\n── ${name}`);
    const begin = performance.now();
    const code = await run();
    const took = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
    console.log(code === 0 ? `── ${name}: ok, ${took}` : `── ${name}: failed with exit code ${code}, ${took}`);
    if (code !== 0) return code;
  }
  return 0;
}

function step(name, [program, ...args]) {
  return { name, run: () => start(program, args, { cwd: root }) };
}

function vitest(project) {
  const report = inScratch(`${project}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  // biome-ignore lint/plugin: a few arguments
  return step(`${project} tests`, bin('vitest', 'run', '--project', project, ...reporters));
}

async function prepareBrowser() {
  try {
    environment.ATLAS_BROWSER = await findBrowser();
  } catch (error) {
    process.stderr.write(`setup: ${error.message}\n`);
    return 1;
  }
  const swiftShader = findSwiftShader(environment.ATLAS_BROWSER);
  if (swiftShader) environment.ATLAS_SWIFTSHADER = swiftShader;
  Object.assign(environment, { ATLAS_SITE: site.out, ATLAS_SITE_BASE: site.base, ATLAS_SITE_RUN: site.run });
  console.log(environment.ATLAS_BROWSER);
  return 0;
}

function countTests() {
  const reports = ['unit', 'e2e'].map((project) => inScratch(`${project}.json`)).filter((file) => existsSync(file));
  const counts = reports.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum('numPassedTests'), failed: sum('numFailedTests') };
}
