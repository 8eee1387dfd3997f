import { describe, expect, it } from 'vitest';
import { join } from '../../../../../site/measures/studies/induction/data.ts';
import { headInductionSection } from '../../../../../site/measures/studies/induction/head-section.ts';
import { inductionSections } from '../../../../../site/measures/studies/induction/sections.ts';
import { createLinks } from '../../../../../site/page-kit/links.ts';
import { csvLines } from '../../../csv-lines.ts';
import { testEnv } from '../../../test-env.ts';
import { curves, inductionData as data, headRow, heads, long, settings } from './example.ts';

const env = testEnv([' the', '<b>', 'cat', '\u202e', 'x']);
const html = inductionSections(data, env).text;

describe('the page of the induction study', () => {
  it('tells the numbers of every curve in a table', () => {
    for (const text of ['0.20 <small>± 0.02', '0.75 <small>± 0.02', '<td>3.00<td>2.70<td>3.30', '+3'])
      expect(html).toContain(text);
  });

  it('offers every point of the curves with its interval as CSV, and what the need of each head is told by', () => {
    expect(csvLines(html, 'induction-curves').slice(0, 3)).toEqual([
      'head,prefix,examples,attention,attention_low,attention_high,attribution,attribution_low,attribution_high',
      '0.1,1,400,0.2,0.18,0.22,0.8,0.5,1.1',
      '0.1,2,400,0.5,0.48,0.52,2,1.7,2.3',
    ]);
    expect(csvLines(html, 'induction-curves')).toHaveLength(1 + 6);
    expect(csvLines(html, 'induction-heads')).toEqual([
      'head,verdict,one_token,greatest,greatest_prefix,half_prefix,attribution',
      '0.0,not induction,0.01,0.02,3,,0.08',
      '0.1,long-prefix induction,0.2,0.75,3,2,3',
      '1.0,short-prefix induction,0.7,0.8,2,1,3.2',
    ]);
  });

  it('shows long-prefix heads first, and links heads where they have a page', () => {
    expect(html.indexOf('long-prefix induction</figcaption>')).toBeLessThan(
      html.indexOf('short-prefix induction</figcaption>'),
    );
    expect(html).toContain('<a href="/atlas/h/0/1.html">0.1</a>');
    expect(html).not.toContain('/atlas/h/1/0.html');
    expect(html).toContain('<th scope=row>1.0</th>');
  });

  it('says whether one token is enough on text, from the replaced edges', () => {
    expect(html).toContain('<td>no, 64 edges</td>');
    expect(html).toContain('<td>no such edge</td>');
    expect(html).toContain('The text’s 512 contexts hold 140 pairs');
    expect(html).toContain('The other head, 0.0, has 4 strong edges: text has');
  });

  it('gives every figure its numbers as text', () => {
    const figures = html.match(/<svg[^>]*>/g) ?? [];
    expect(figures.length).toBeGreaterThan(5);
    for (const figure of figures) expect(figure).toMatch(/role=img aria-label="[^"]+"|aria-hidden=true/);
    expect(html).toContain('aria-label="Mean attention by length of prefix: 1: 0.20, 2: 0.50, 3: 0.75"');
    expect(html).toContain('aria-label="Strong among the pairs, by length of match: 1: 10%, 2: 75%"');
  });

  it('marks the match, the source and the token that is replaced, whatever the tokens hold', () => {
    expect(html).toContain('<code>x<s> the</s><b>cat</b><mark>\\u202e</mark></code>');
    expect(html).toContain('<code>&lt;b&gt;<b> the</b><b>cat</b></code>');
    expect(html).not.toContain('\u202e');
  });

  it('has no inline style, which the content security policy would refuse', () => {
    expect(html).not.toMatch(/\sstyle=/);
  });

  it('says so where there was no text', () => {
    const silent = heads.map((row) => ({ ...row, text_pairs: null, text_edges: null, text_attention: null }));
    const page = inductionSections({ record: { settings }, heads: join(silent, curves, []) }, env).text;
    expect(page).toContain('given no text');
  });

  it('a model in which no head attends by induction has no curves, and names the head that comes closest', () => {
    const page = inductionSections(
      { record: { settings }, heads: join([headRow({})], curves.slice(0, 3), []) },
      env,
    ).text;
    expect(page).not.toContain('id=curves');
    expect(page).toContain('No head attends there by more than 0.02');
  });
});

describe('the induction section of a head’s page', () => {
  const links = createLinks('/atlas');

  it('states the verdict with its numbers and links the study', () => {
    expect(headInductionSection(long, links).text).toContain(
      '<b>long-prefix induction</b>: after a one-token match it puts 20% of its attention on the token that followed; after 3 tokens, 75%. It reaches half of that after 2.',
    );
    expect(headInductionSection(long, links).text).toContain('href="/atlas/studies/induction.html"');
  });

  it('does not speak of growth where there is none', () => {
    const flat = headRow({
      verdict: 'short-prefix induction',
      one_token: 0.8,
      greatest: 0.8,
      greatest_prefix: 1,
      half_prefix: 1,
    });
    expect(headInductionSection(flat, links).text).toContain(
      'it puts 80% of its attention on the token that followed.</p>',
    );
  });

  it('says of other heads how little they attend', () => {
    expect(headInductionSection(headRow({}), links).text).toContain(
      '<b>not induction</b>: at most 2.0% of its attention',
    );
  });
});
