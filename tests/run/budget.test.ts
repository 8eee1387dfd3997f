import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { run } from '../../pipeline/run.ts';
import { contentsOf, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

async function runWith(budget?: string, settings: Partial<RunConfig> = {}) {
  const out = join(await temporaryFolder(), 'run');
  const wanted = { layers: [0, 1], examples: 4, familyExamples: 3, upstreamExamples: 2, studies: [] };
  await run(quickConfig(out, { ...wanted, ...settings, ...(budget !== undefined && { budget }) }), silentEffects());
  const { 'run.json': _, ...tables } = await contentsOf(out);
  return { tables, record: JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) };
}

describe('a budget of forward tokens', () => {
  let whole: Awaited<ReturnType<typeof runWith>>;
  beforeAll(async () => {
    whole = await runWith();
  });

  it('is not there unless it is asked for', () => {
    expect(whole.record.budget).toBeUndefined();
  });

  it('changes nothing where it is enough, and says what was spent', async () => {
    const { tables, record } = await runWith('100000x');
    expect(record.budget).toMatchObject({
      contextCuts: { featuresCutShort: 0, tokens: expect.any(Number) },
      upstream: { examplesWithout: 0 },
      familyChecks: { tokens: expect.any(Number), contexts: expect.any(Number) },
    });
    expect(record.budget.contextCuts.tokens).toBeGreaterThan(0);
    expect(record.budget.familyChecks.contexts).toBeGreaterThan(0);
    expect(tables).toEqual(whole.tables);
  });

  it('is never overspent, and what went without is counted', async () => {
    const { record } = await runWith('3840');
    const { tokens, contextCuts, upstream, familyChecks } = record.budget;
    expect(tokens).toBe(3840);
    expect(contextCuts.tokens).toBeGreaterThan(0);
    expect(contextCuts.tokens).toBeLessThanOrEqual((5 / 8) * tokens);
    expect(upstream.tokens).toBeLessThanOrEqual(0.25 * tokens);
    expect(familyChecks.tokens).toBeGreaterThan(0);
    expect(familyChecks.tokens).toBeLessThanOrEqual(tokens / 8);
    expect(contextCuts.featuresCutShort).toBeGreaterThan(0);
  });

  it('of nothing leaves every analysis out', async () => {
    const { record } = await runWith('0');
    expect(record.budget.contextCuts.tokens).toBe(0);
    expect(record.budget.upstream.tokens).toBe(0);
    expect(record.budget.upstream.examplesWithout).toBeGreaterThan(0);
    expect(record.budget.familyChecks).toEqual({ tokens: 0, contexts: 0 });
  });

  it('without room for a study leaves it out, and says what it takes', async () => {
    const studies: RunConfig['studies'] = ['induction', 'families'];
    const { tables, record } = await runWith('3840', { studies });
    expect(record.budget.studies).toEqual({ tokens: 0 });
    expect(record.budget.contextCuts.tokens).toBeLessThanOrEqual(3840 / 2);
    expect(JSON.parse(String(tables['study_induction.json'])).verdict).toMatch(
      /^Not run: the budget leaves it 480 forward tokens, and it takes [\d,]+ at least\.$/,
    );
  });
});
