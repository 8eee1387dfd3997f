import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recordingEffects } from '../../pipeline/effects.ts';
import { findExplorerInputs } from '../../pipeline/publish/explorer/find-inputs.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

/** The reference's SAEs, whose configs say how their contexts began. */
async function saesTrained(prependBos: boolean): Promise<string> {
  const saes = join(await temporaryFolder(), 'saes');
  await cp(quickConfig('unused').saes, saes, { recursive: true });
  for (const layer of [0, 1]) {
    const path = join(saes, `blocks.${layer}.hook_z/cfg.json`);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), prepend_bos: prependBos }));
  }
  return saes;
}

async function ran(settings: Parameters<typeof quickConfig>[1]) {
  const config = quickConfig(join(await temporaryFolder(), 'run'), settings);
  const { effects, lines } = recordingEffects();
  await run(config, effects);
  const reader = await openRun(config.out);
  const contexts = (await reader.contexts(0, reader.record.counts.contexts)).map(({ token_ids: ids }) => [...ids]);
  const { fingerprint, config: recorded, counts } = reader.record;
  const inputs = await findExplorerInputs({ run: config.out, explorer: true }, reader.record);
  reader.close();
  return { lines: lines.filter((line) => /bos/.test(line)), contexts, fingerprint, recorded, counts, inputs };
}

test('contexts begin as those of the SAEs did, every token counted once either way, and other ways are named', async () => {
  const [withBos, without] = [await saesTrained(true), await saesTrained(false)];
  const usual = await ran({ saes: withBos });
  const own = await ran({ saes: without });
  const asked = await ran({ saes: without, bos: 'yes' });
  const refused = await ran({ saes: withBos, bos: 'no' });

  const [bos] = usual.contexts[0] ?? [];
  expect(usual.contexts.every(([first]) => first === bos)).toBe(true);
  expect(own.contexts.slice(1).map(([first]) => first)).toEqual(own.contexts.slice(0, -1).map((ids) => ids.at(-1)));
  const counted = (contexts: readonly number[][]) => contexts.flatMap((ids) => ids.slice(1));
  expect(counted(own.contexts)).toEqual(counted(usual.contexts));
  expect(own.counts.tokens).toBe(usual.counts.tokens);

  expect([usual, own, asked, refused].map(({ recorded }) => recorded.bos)).toEqual(['yes', 'no', 'yes', 'no']);
  expect(own.inputs).toMatchObject({ hasBos: false });
  expect(usual.lines).toEqual([]);
  expect(own.lines).toEqual(['bos: contexts begin with the token before them, which counts in no statistic']);
  expect(asked.lines).toEqual([
    'layer 0: trained without a beginning-of-sequence token (prepend_bos false); every context here begins with one',
  ]);
  expect(refused.lines.at(-1)).toBe(
    'layer 0: trained with a beginning-of-sequence token (prepend_bos true); contexts here begin without',
  );
  expect(new Set([usual, own, asked, refused].map(({ fingerprint }) => fingerprint)).size).toBe(4);
}, 60_000);
