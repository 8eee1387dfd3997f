import { describe, expect, it } from 'vitest';
import type { UpstreamRow } from '../../../../pipeline/measures/upstream/table.ts';
import { featurePage } from '../../../../site/compose/feature-page.ts';
import { upstreamSection } from '../../../../site/measures/upstream/upstream.ts';
import { exampleRow, featureRow, testEnv } from '../../test-env.ts';

const env = testEnv([' a', ' b', ' c', ' d']);

function row(part: Partial<UpstreamRow>): UpstreamRow {
  return {
    layer: 1,
    sae: '1',
    upstream_sae: '0',
    feature: 2,
    rank: 0,
    kind: 'mlp',
    upstream_layer: 0,
    upstream_feature: null,
    head: 1,
    share: 0.25,
    distance: 3.5,
    examples: 3,
    seen: 3,
    wiring: null,
    ...part,
  };
}

const rows = [
  row({ kind: 'feature', upstream_feature: 7, share: 0.5, wiring: -1.25, seen: 2 }),
  row({ kind: 'mlp', share: 0.4 }),
  row({ kind: 'error', share: -0.1 }),
  row({ kind: 'other_features', share: 0.2, upstream_layer: null, head: null, distance: null }),
  row({ kind: 'output_bias', share: 0.001 }),
  row({ kind: 'decoder_bias', share: -0.004 }),
];

describe('upstreamSection', () => {
  it('is empty where the run did not look', () => {
    expect(upstreamSection(undefined, env).text).toBe('');
    expect(upstreamSection([], env).text).toBe('');
  });

  it('links each upstream feature and its head, and says in how many examples it was seen', () => {
    const html = upstreamSection(rows, env).text;
    expect(html).toContain('<a href="/atlas/f/0/7.html">0/7</a> <small>in 2 of 3</small>');
    expect(html).toContain('<a href="/atlas/h/1/1.html">1.1</a>');
    expect(html).toContain('<td>−1.3</td>');
    expect(html).toContain('mean over 3 of its top examples');
  });

  it('draws bars to the largest share, and marks what speaks against', () => {
    const html = upstreamSection(rows, env).text;
    expect(html).toContain('<span class=t><i class=w50></i></span>');
    expect(html).toContain('<span class=t><i class=w40></i></span>');
    expect(html).toContain('<span class="t against"><i class=w10></i></span>');
  });

  it('names components with their layer and sums up the small ones', () => {
    const html = upstreamSection(rows, env).text;
    expect(html).toContain('<th scope=row>MLP, layer 0</th>');
    expect(html).toContain('<th scope=row>Other features</th>');
    expect(html).not.toContain('Output bias');
    expect(html).toContain('<th scope=row>2 components under 1% each</th>');
    expect(html).toContain('<td>−0.30%</td>');
  });

  it('escapes kinds that it does not know', () => {
    expect(upstreamSection([row({ kind: '<b>' })], env).text).toContain('&lt;b&gt;, layer 0');
  });

  it('stands on the page of a feature that was explained, and only there', () => {
    const page = { row: featureRow(), examples: [exampleRow()] };
    expect(featurePage({ ...page, upstream: rows }, env).body.text).toContain('<h2 id=reads>What it reads</h2>');
    expect(featurePage(page, env).body.text).not.toContain('What it reads');
  });
});
