import { workerData } from 'node:worker_threads';
import { writeSaeJson } from './write-json.ts';

await writeSaeJson(workerData);
