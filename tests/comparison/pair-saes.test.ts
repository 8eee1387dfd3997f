import { expect, it } from 'vitest';
import { exampleRecord } from '../../bench/synthetic/run-record.ts';
import { differingSettings } from '../../pipeline/comparison/differing-settings.ts';
import { pairSaes, type RunSae } from '../../pipeline/comparison/pair-saes.ts';

const sae = (id: string, d_sae: number, sha256: string, more = {}): RunSae => ({
  row: { layer: Number.parseInt(id, 10), sae: id, site: 'z', d_in: 64, d_sae, ...more },
  sha256,
});
const names = (own: readonly RunSae[], others: readonly RunSae[]) =>
  pairSaes(own, others).map((pair) => `${pair.own.row.sae} ${pair.other.row.sae} ${pair.isSame}`);

it('pairs SAEs by their weights, then by their ids, then by width, each once', () => {
  const own = [sae('5-16k', 16_384, 'a'), sae('5-32k', 32_768, 'b'), sae('5-64k', 65_536, 'c')];
  expect(names(own, [sae('5', 16_384, 'c')])).toEqual(['5-64k 5 true']);
  expect(names(own, [sae('5-32k', 8192, 'x'), sae('5-8k', 60_000, 'a')])).toEqual([
    '5-16k 5-8k true',
    '5-32k 5-32k false',
  ]);
  expect(names(own, [sae('5-a', 70_000, 'x'), sae('5-b', 16_000, 'y')])).toEqual([
    '5-16k 5-b false',
    '5-32k 5-a false',
  ]);
});

it('pairs none of other layers, sites or widths of what they read', () => {
  const own = [sae('5', 100, 'a')];
  expect(names(own, [sae('6', 100, 'a')])).toEqual([]);
  expect(names(own, [sae('5', 100, 'b', { site: 'attn_out' }), sae('5', 100, 'c', { d_in: 7 })])).toEqual([]);
});

it('says which settings differ, and those that one run alone has', () => {
  const own = exampleRecord({ config: { context: 128, seed: 0, layers: [0, 3] } });
  const corpus = own.corpus.map((file) => ({ ...file, sha256: '1'.repeat(64) }));
  const other = { ...exampleRecord({ config: { context: 128, seed: 1, window: { before: 8 } } }), corpus };
  expect(differingSettings(own, own)).toEqual([]);
  expect(differingSettings(own, other)).toEqual([
    { setting: 'corpus', value: 'corpus/text.jsonl (5000 bytes)', other: 'corpus/text.jsonl (5000 bytes)' },
    { setting: 'seed', value: '0', other: '1' },
    { setting: 'layers', value: '0, 3', other: null },
    { setting: 'window', value: null, other: '{"before":8}' },
  ]);
});
