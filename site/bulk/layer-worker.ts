import { parentPort, workerData } from 'node:worker_threads';
import { writeLayer } from './write-layer.ts';

await writeLayer(workerData, (pages) => parentPort?.postMessage(pages));
