import { workerData } from 'node:worker_threads';
import { openSiteData } from '../build/site-data.ts';
import { writePacks } from '../pack/write-packs.ts';
import { createLinks } from '../page-kit/links.ts';
import { nextSaes, report } from './next-sae.ts';
import { writeSae } from './write-sae.ts';

const { run, base, host, isPacked } = workerData;
const data = await openSiteData(run, createLinks(base, { host, isPacked }));
const write = isPacked ? writePacks : writeSae;
for await (const sae of nextSaes()) await write({ ...workerData, sae }, data, report);
data.reader.close();
