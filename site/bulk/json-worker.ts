import { workerData } from 'node:worker_threads';
import { openSiteData } from '../build/site-data.ts';
import { createLinks } from '../page-kit/links.ts';
import { nextSaes } from './next-sae.ts';
import { writeSaeJson } from './write-json.ts';

const { run, base, dir } = workerData;
const data = await openSiteData(run, createLinks(base));
for await (const sae of nextSaes()) await writeSaeJson({ dir, sae }, data);
data.reader.close();
