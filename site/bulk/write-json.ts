import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saeHeadPages } from '../build/sae-head-pages.ts';
import { openSiteData } from '../build/site-data.ts';
import { jsonFile } from '../compose/json-line.ts';
import { featureJson, headJson } from '../compose/page-json.ts';
import { createLinks } from '../page-kit/links.ts';
import { runWorkers, saesOf } from './run-workers.ts';

export interface JsonTask {
  readonly run: string;
  readonly base: string;
  /** The built site. */
  readonly dir: string;
}

/** Writes what the pages of features and heads show as JSON beside them: a worker an SAE. */
export async function writeJson(task: JsonTask): Promise<void> {
  const tasks = (await saesOf(task.run)).map((sae) => ({ ...task, sae }));
  await runWorkers(new URL('./json-worker.ts', import.meta.url), tasks);
}

/** Writes the JSON of an SAE's features, and of its layer's heads as it shows them. */
export async function writeSaeJson({ run, base, dir, sae }: JsonTask & { readonly sae: string }): Promise<void> {
  const data = await openSiteData(run, createLinks(base));
  const put = (page: string, text: string) => writeFileSync(join(dir, jsonFile(page)), text);
  for (const kind of ['f', 'h']) mkdirSync(join(dir, kind, sae), { recursive: true });
  for (const page of await saeHeadPages(data.reader, sae)) put(`h/${sae}/${page.head}`, headJson(page, data.env));
  for await (const { page, env } of data.featurePages(sae)) put(`f/${sae}/${page.row.feature}`, featureJson(page, env));
  data.reader.close();
}
