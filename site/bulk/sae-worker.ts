import { asChild } from '../../pipeline/effects/process/as-child.ts';
import { openSiteData } from '../build/site-data.ts';
import { writePacks } from '../pack/write-packs.ts';
import { createLinks } from '../page-kit/links.ts';
import { nextSaes, report } from './next-sae.ts';
import type { SaeTask } from './write-feature-pages.ts';
import { writeSae } from './write-sae.ts';

await asChild<Omit<SaeTask, 'sae'>>(async (task) => {
  const { run, base, host, isPacked } = task;
  const data = await openSiteData(run, createLinks(base, { host, isPacked }));
  const write = isPacked ? writePacks : writeSae;
  for await (const sae of nextSaes()) await write({ ...task, sae }, data, report);
  data.reader.close();
});
