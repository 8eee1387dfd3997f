import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRun, run } from '../../pipeline/index.ts';
import { quickConfig } from '../run/quick-case.ts';
import { temporaryFolder } from '../run/reference-case.ts';

test('a run returns its folder and record, which the readers open', async () => {
  const { model, saes, corpus, layers, context, tokens } = quickConfig('given below');
  const out = join(await temporaryFolder(), 'out');
  const without = { studies: [], upstreamExamples: 0, wiring: 0, circuitTokens: 0, familyExamples: 0 };
  const settings = { model, saes, corpus: [...corpus], layers, context, tokens, out, qualityTokens: 24, ...without };
  const lines: string[] = [];
  const result = await run(settings, { log: (line) => void lines.push(line) });
  expect(result.out).toBe(out);
  expect(lines.length).toBeGreaterThan(0);
  using opened = await openRun(result.out);
  expect(opened.record).toEqual(result.summary);
  expect(await opened.tables.features.count()).toBe(result.summary.counts.features);
});

test('settings are checked as those of a config file are', async () => {
  const settings = { model: 'm', saes: 's', corpus: ['t'], out: 'o' };
  await expect(run({ ...settings, batch: 0 })).rejects.toThrow('batch is 0, expected');
  const misspelt = { ...settings, exampels: 3 };
  await expect(run(misspelt)).rejects.toThrow('unknown setting exampels, did you mean examples? (settings of run)');
});
