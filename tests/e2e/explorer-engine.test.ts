import type { Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExampleRow, FEATURES_PER_BLOCK } from '../../pipeline/measures/statistics/table.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { launch, openPage, softwareGpu } from './browser.ts';
import { startSession } from './explorer-session.ts';
import { serve } from './static-server.ts';

// The site of a small run of the embedded model, which the proof has built, and the tables of that run.
const { ATLAS_SITE: site = '.cache/proof/site', ATLAS_SITE_RUN: run = '.cache/proof/run' } = process.env;
const base = `${process.env.ATLAS_SITE_BASE ?? '/atlas'}/`;
let server: Server;
let home: string;
let reader: RunReader;
let browser: Browser;
let cases: readonly Case[];

/** A GPU in software compiles and runs each shader on the CPU, which on a busy machine takes a while. */
const softwareGpuTimeout = 240_000;

beforeAll(async () => {
  ({ server, home } = await serve(site, base));
  reader = await openRun(run);
  cases = await casesOf(4, 6);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  reader?.close();
  server?.close();
});

/** A context of the run, SAEs of one layer each, and top examples of theirs in it. */
interface Case {
  readonly ids: readonly number[];
  readonly saes: readonly string[];
  readonly examples: readonly ExampleRow[];
}

/** The contexts that hold the most top examples, and a few of each SAE's in them, as often as a layer has SAEs. */
async function casesOf(count: number, perSae: number): Promise<Case[]> {
  const examples: ExampleRow[] = [];
  const saes = await reader.saes();
  for (const { sae, d_sae } of saes) {
    for (let from = 0; from < d_sae; from += FEATURES_PER_BLOCK) {
      const rows = [...(await reader.examples(sae, from, from + FEATURES_PER_BLOCK)).values()].flat();
      examples.push(...rows.filter(({ interval, dfa_source }) => interval === 0 && dfa_source));
    }
  }
  const byContext = [...Map.groupBy(examples, ({ context }) => context)];
  const fullest = byContext.sort(([, a], [, b]) => b.length - a.length).slice(0, count);
  const cases: Case[] = [];
  for (const round of roundsOf(saes)) {
    for (const [context, all] of fullest) {
      const ids = [...((await reader.contexts(context, context + 1))[0]?.token_ids ?? [])];
      const own = round.flatMap((id) => all.filter(({ sae }) => sae === id).slice(0, perSae));
      cases.push({ ids, saes: round, examples: own });
    }
  }
  return cases;
}

/** Ids of the first SAE of each layer, then of the second of each that has two, and so on. */
function roundsOf(saes: readonly { readonly sae: string; readonly layer: number }[]): string[][] {
  const ofLayer = [...Map.groupBy(saes, ({ layer }) => layer).values()];
  const rounds = Math.max(...ofLayer.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, i) => ofLayer.flatMap((own) => own.at(i)?.sae ?? []));
}

/** Activations along the context and DFA of each example, as the session gives them. */
function explain(page: Page, { ids, saes, examples }: Case) {
  const targets = examples.map(({ layer, feature, position }) => ({ layer, feature, position }));
  return page.evaluate(
    async (asked) => {
      const found = [];
      await session.useSaes(asked.saes);
      for (const target of asked.targets) {
        const along = await session.activations({ ids: asked.ids, edits: [] }, target.layer, target.feature);
        const { byHeadAndSource, constant, preActivation } = await session.attribution(asked.ids, target);
        found.push({ along: [...along], dfa: [...byHeadAndSource], constant, preActivation });
      }
      return found;
    },
    { ids, saes, targets },
  );
}

/** The largest difference, as a part of the largest magnitude that was expected. */
function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, expected ${expected.length}`);
  const [found, known] = [Array.from(actual), Array.from(expected)];
  const most = Math.max(...known.map(Math.abs), Number.MIN_VALUE);
  return Math.max(...found.map((value, i) => Math.abs(value - (known[i] ?? Number.NaN)))) / most;
}

const sumOver = (values: readonly number[], groups: number, groupOf: (i: number) => number): number[] => {
  const sums = Array<number>(groups).fill(0);
  values.forEach((value, i) => {
    sums[groupOf(i)] = (sums[groupOf(i)] ?? 0) + value;
  });
  return sums;
};

/** The largest differences from the tables over some contexts, by what is compared. */
async function compare(page: Page, cases: readonly Case[]): Promise<Record<string, number>> {
  const worst: Record<string, number> = { activations: 0, bySource: 0, byHead: 0, constant: 0, sum: 0 };
  const note = (what: string, difference: number) => {
    worst[what] = Math.max(worst[what] ?? 0, difference);
  };
  for (const one of cases) {
    const explained = await explain(page, one);
    for (const [i, example] of one.examples.entries()) {
      const found = explained[i];
      if (!found) throw new Error('an example was not explained');
      const { along, dfa, constant, preActivation } = found;
      const sources = example.position + 1;
      const [row] = await reader.features(example.sae, example.feature, example.feature + 1);
      const { window_start: start, activations } = example;
      // At BOS the tables have no activation; the browser shows what the SAE gives.
      const shown = Math.max(1, start);
      note(
        'activations',
        relativeDifference(along.slice(shown, start + activations.length), activations.slice(shown - start)),
      );
      note(
        'bySource',
        relativeDifference(
          sumOver(dfa, sources, (at) => at % sources),
          example.dfa_source ?? [],
        ),
      );
      note(
        'byHead',
        relativeDifference(
          sumOver(dfa, dfa.length / sources, (at) => Math.floor(at / sources)),
          example.dfa_head ?? [],
        ),
      );
      note('constant', relativeDifference([constant], [row?.constant ?? Number.NaN]));
      note('sum', relativeDifference([dfa.reduce((sum, value) => sum + value, constant)], [preActivation]));
    }
  }
  return worst;
}

/** Opens a page, and a session beside what the page itself does. */
async function openSession(from: Browser, path: string) {
  const { page, faults } = await openPage(from, home);
  await page.goto(home + path, { waitUntil: 'load' });
  return { page, faults, backend: await startSession(page, site, home) };
}

test('numbers in the browser are the pipeline’s own, computed by WebAssembly', async () => {
  const { page, faults, backend } = await openSession(browser, 'explorer.html');
  expect(backend).toBe('wasm');
  expect(cases.flatMap(({ examples }) => examples).length).toBeGreaterThan(50);
  const worst = await compare(page, cases);
  console.info('largest relative differences, WebAssembly:', worst);
  for (const [what, difference] of Object.entries(worst)) expect(difference, what).toBeLessThan(1e-3);
  expect(faults).toEqual([]);
});

test('numbers in the browser are the pipeline’s own, computed by WebGPU', { timeout: softwareGpuTimeout }, async () => {
  const withGpu = await launch(softwareGpu);
  try {
    const { page, backend } = await openSession(withGpu, 'methods.html');
    expect(backend).toBe('webgpu');
    const worst = await compare(page, cases.slice(0, 1));
    console.info('largest relative differences, WebGPU:', worst);
    for (const [what, difference] of Object.entries(worst)) expect(difference, what).toBeLessThan(1e-3);
  } finally {
    await withGpu.close();
  }
});

test('what has been opened once opens without a network, and computes the same', async () => {
  const own = await serve(site, base);
  const { page } = await openPage(browser, own.home);
  const address = `${own.home}explorer.html?position=1`;
  const losses = async () => {
    await startSession(page, site, own.home);
    return page.evaluate(async () => {
      const { ids } = await session.tokenize('the same thing said twice: the same thing');
      return [...(await session.run({ ids, edits: [] })).losses];
    });
  };
  await page.goto(address, { waitUntil: 'load' });
  const online = await losses();
  const kept = () =>
    page.evaluate(
      async () =>
        (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat().length,
    );
  await expect.poll(async () => (await kept()) > 15, { timeout: 20_000 }).toBe(true);
  own.server.closeAllConnections();
  own.server.close();
  await page.goto(address);
  expect(await losses()).toEqual(online);
  await page.context().close();
});
