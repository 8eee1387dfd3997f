import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saeHeadPages } from '../build/sae-head-pages.ts';
import type { SiteData } from '../build/site-data.ts';
import { jsonFile } from '../compose/json-line.ts';
import { featureJson, headJson } from '../compose/page-json.ts';
import { bulkWork, runWorkers } from './run-workers.ts';

export interface JsonTask {
  readonly run: string;
  readonly base: string;
  /** The built site. */
  readonly dir: string;
}

/** Writes what the pages of features and heads show as JSON beside them. */
export async function writeJson(task: JsonTask): Promise<void> {
  await runWorkers(new URL('./json-worker.ts', import.meta.url), task, await bulkWork(task.run));
}

/** Writes the JSON of an SAE's features, and of its layer's heads as it shows them. */
export async function writeSaeJson(
  { dir, sae }: Pick<JsonTask, 'dir'> & { readonly sae: string },
  data: SiteData,
): Promise<void> {
  const put = (page: string, text: string) => writeFileSync(join(dir, jsonFile(page)), text);
  for (const kind of ['f', 'h']) mkdirSync(join(dir, kind, sae), { recursive: true });
  for (const page of await saeHeadPages(data.reader, sae)) put(`h/${sae}/${page.head}`, headJson(page, data.env));
  for await (const { page, env } of data.featurePages(sae)) put(`f/${sae}/${page.row.feature}`, featureJson(page, env));
}
