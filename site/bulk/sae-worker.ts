import { parentPort, workerData } from 'node:worker_threads';
import { writeSae } from './write-sae.ts';

await writeSae(workerData, (pages) => parentPort?.postMessage(pages));
