import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import type { SaeMatchRow } from '../../../pipeline/measures/neighbours/sae-matches.ts';
import { type NewNeighbourRow, neighbours } from '../../../pipeline/measures/neighbours/table.ts';
import { openTable } from '../../../pipeline/store/writer.ts';
import { openRun } from '../../../pipeline/tables/reader.ts';
import { saeMatchesSection } from '../../../site/measures/neighbours/sae-matches.ts';
import { createLinks } from '../../../site/page-kit/links.ts';

let folder: string;
let rows: SaeMatchRow[];

const row = (part: Partial<NewNeighbourRow>): NewNeighbourRow => ({
  ...{ layer: 1, sae: '1-a', feature: 0, kind: 'decoder', rank: 0 },
  ...{ other_layer: 1, other_sae: '1-b', other_feature: 0, value: 0.5, twin: false },
  ...part,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  await writeSyntheticRun(folder, { layers: 2, features: 8, heads: 2, vocabulary: 60, seed: 1 });
  const writer = await openTable(folder, neighbours);
  await writer.append([
    row({ feature: 3, other_feature: 7, value: 0.95 }),
    row({ feature: 3, other_feature: 2, value: 0.75, rank: 1 }),
    row({ feature: 4, other_feature: 6, value: 0.75 }),
    row({ feature: 5, other_feature: 1, value: 0.25 }),
    // Not of decoders, of the same SAE, and of another layer.
    row({ feature: 6, other_feature: 1, value: 1, kind: 'logits' }),
    row({ feature: 6, other_feature: 1, value: 1, other_sae: '1-a' }),
    row({ feature: 6, other_feature: 1, value: 1, other_layer: 0, other_sae: '0' }),
    row({ sae: '1-b', other_sae: '1-a', feature: 7, other_feature: 3, value: 0.95 }),
  ]);
  await writer.close();
  const reader = await openRun(folder);
  rows = await reader.saeMatches();
  reader.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('counts of each SAE the features whose best match in another of its layer is near', () => {
  expect(rows.map(({ closest, ...counts }) => counts)).toEqual([
    { layer: 1, sae: '1-a', other_sae: '1-b', listed: 3, same: 1, similar: 2 },
    { layer: 1, sae: '1-b', other_sae: '1-a', listed: 1, same: 1, similar: 1 },
  ]);
  expect(rows[0].closest.map(({ feature, other_feature }) => [feature, other_feature])).toEqual([
    [3, 7],
    [4, 6],
    [5, 1],
  ]);
});

it('says so in one part for each two, which a comparison of the two finds', () => {
  const { text } = saeMatchesSection(rows, (sae) => (sae === '1-a' ? 4 : 2), createLinks('/atlas'));
  expect(text.match(/data-saes="1-a 1-b"/g)).toHaveLength(1);
  expect(text).toContain(
    'Of 4 alive features of 1-a, much the same as one of 1-b: 1 (25%); at least similar: 2 (50%).',
  );
  expect(text).toContain('href="/atlas/compare.html?a=f/1-a/3&amp;b=f/1-b/7">3 and 7</a> <b>0.95</b>');
  expect(saeMatchesSection([], () => 0, createLinks('/atlas')).text).toBe('');
});
