import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import { openSiteData } from '../../../site/build/site-data.ts';
import { bulkSample } from '../../../site/bulk/sample.ts';
import { cutShell, fillShell, SHELL_FEATURE, shell } from '../../../site/bulk/shell.ts';
import { writeFeaturePages } from '../../../site/bulk/write-feature-pages.ts';
import { featurePage } from '../../../site/compose/feature-page.ts';
import { ByteSink } from '../../../site/page-kit/byte-sink.ts';
import { createLinks } from '../../../site/page-kit/links.ts';

const FEATURES = 10;
const [base, host] = ['/atlas/', 'https://example.org'];
const frame = `<head>${shell.head.text}</head><main>${shell.body.text}</main>`;

test('pages written in bulk are those of the links of their site, host and base', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  const [run, dir] = [join(folder, 'run'), join(folder, 'site')];
  await writeSyntheticRun(run, { layers: 1, features: FEATURES, heads: 2, vocabulary: 100, seed: 1 });
  await mkdir(join(dir, 'f/0'), { recursive: true });
  const data = await openSiteData(run, createLinks(base, { host }));
  const pages: string[] = [];
  for (let feature = 0; feature < FEATURES; feature++) {
    const { page, env } = await data.featurePage('0', feature);
    const bytes = fillShell(cutShell(frame), featurePage(page, env), new ByteSink());
    pages.push(new TextDecoder().decode(bytes));
    if (bulkSample(FEATURES).includes(feature)) await writeFile(join(dir, `f/0/${feature}.html`), bytes);
  }
  await writeFile(join(dir, `f/0/${SHELL_FEATURE}.html`), frame);
  const reported: number[] = [];
  await writeFeaturePages({ run, base, host, dir, isPacked: false }, (made) => reported.push(made));
  expect(reported.reduce((sum, made) => sum + made, 0)).toBe(FEATURES);
  const read = (feature: number) => readFile(join(dir, `f/0/${feature}.html`), 'utf8');
  expect(await Promise.all(pages.map((_, feature) => read(feature)))).toEqual(pages);
  expect(pages[5]).toContain(`content="${host}${base}f/0/5.html"`);
  await expect(read(FEATURES)).rejects.toThrow('ENOENT');
  data.reader.close();
  await rm(folder, { recursive: true });
});
