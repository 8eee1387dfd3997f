import { asChild } from '../../pipeline/effects/process/as-child.ts';
import { openSiteData } from '../build/site-data.ts';
import { createLinks } from '../page-kit/links.ts';
import { nextSaes } from './next-sae.ts';
import { type JsonTask, writeSaeJson } from './write-json.ts';

await asChild<JsonTask>(async ({ run, base, dir }) => {
  const data = await openSiteData(run, createLinks(base));
  for await (const sae of nextSaes()) await writeSaeJson({ dir, sae }, data);
  data.reader.close();
});
