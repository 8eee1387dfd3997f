import { workerData } from 'node:worker_threads';
import { writeBeside } from './write-beside.ts';

const { run, folder } = workerData;
await writeBeside(run, folder);
