import { UserError } from '../../pipeline/errors/user-error.ts';
import type { HeadPage } from '../compose/head-page.ts';
import { saeHeadPages } from './sae-head-pages.ts';
import { openSiteData, type SiteData } from './site-data.ts';
import { siteLinks } from './site-links.ts';

/** In bulk mode only a sample is rendered here, a few features side by side. */
const aFewPages = { blocksKept: 2, featuresPerBlock: 4 };

let opened: Promise<SiteData> | undefined;
const headPages = new Map<string, Promise<HeadPage[]>>();

/** The run that this build renders, named by ATLAS_RUN. */
export function currentData(): Promise<SiteData> {
  opened ??= openCurrent();
  return opened;
}

async function openCurrent(): Promise<SiteData> {
  const run = process.env.ATLAS_RUN;
  if (run === undefined || run === '')
    throw new UserError('ATLAS_RUN is not set, expected the folder of a finished run');
  return openSiteData(run, siteLinks(), process.env.ATLAS_BULK === 'always' ? aFewPages : undefined);
}

export async function currentHeadPage(sae: string, head: number): Promise<HeadPage> {
  const pages = headPages.get(sae) ?? readHeads(sae);
  headPages.set(sae, pages);
  const page = (await pages).find((candidate) => candidate.head === head);
  if (page === undefined) throw new UserError(`no head ${head} of sae ${sae} in the heads table`);
  return page;
}

async function readHeads(sae: string): Promise<HeadPage[]> {
  const { reader } = await currentData();
  return saeHeadPages(reader, sae);
}
