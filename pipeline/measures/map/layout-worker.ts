import { parentPort, workerData } from 'node:worker_threads';
import { layOut } from './lay-out.ts';

parentPort?.postMessage(layOut(workerData, () => parentPort?.postMessage(undefined)));
