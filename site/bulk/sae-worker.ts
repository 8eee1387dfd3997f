import { parentPort, workerData } from 'node:worker_threads';
import { openSiteData } from '../build/site-data.ts';
import { packLinks, writePacks } from '../pack/write-packs.ts';
import { createLinks } from '../page-kit/links.ts';
import { writeSae } from './write-sae.ts';

const { run, base, isPacked } = workerData;
const data = await openSiteData(run, isPacked ? packLinks(base) : createLinks(base));
const write = isPacked ? writePacks : writeSae;
await write(workerData, data, (pages) => parentPort?.postMessage(pages));
data.reader.close();
