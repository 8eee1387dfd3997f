import { parentPort, workerData } from 'node:worker_threads';
import { writePacks } from '../pack/write-packs.ts';
import { writeSae } from './write-sae.ts';

const write = workerData.isPacked ? writePacks : writeSae;
await write(workerData, (pages) => parentPort?.postMessage(pages));
