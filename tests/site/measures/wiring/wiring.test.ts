import { expect, test } from 'vitest';
import type { WiringRow } from '../../../../pipeline/measures/wiring/table.ts';
import { featurePage } from '../../../../site/compose/feature-page.ts';
import { wiringSection } from '../../../../site/measures/wiring/wiring.ts';
import { featureRow, testEnv } from '../../test-env.ts';

const env = testEnv([' a']);
const row = (rank: number, value: number): WiringRow => ({
  layer: 11,
  sae: '11',
  upstream_sae: '10',
  feature: 24_000,
  rank,
  upstream_layer: 10,
  upstream_feature: 23_456,
  head: 11,
  value,
});

test('each connection links to its feature and says how strong it is and through which head', () => {
  expect(wiringSection([row(0, -1.25)], env).text).toContain(
    '<a href="/atlas/f/10/23456.html">10/23456 <small>−1.3 by 11.11</small></a>',
  );
});

test('a page has the list where there is one, five connections of a large model in 0.7 kB', () => {
  const wiring = Array.from({ length: 5 }, (_, rank) => row(rank, -0.123));
  expect(featurePage({ row: featureRow(), examples: [], wiring }, env).body.text).toContain('<section id=wired>');
  expect(featurePage({ row: featureRow(), examples: [] }, env).body.text).not.toContain('wired');
  expect(Buffer.byteLength(wiringSection(wiring, env).text)).toBeLessThan(700);
});
