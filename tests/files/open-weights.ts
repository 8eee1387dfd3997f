import { workerData } from 'node:worker_threads';
import { WeightFiles } from '../../pipeline/files/weight-files.ts';

// A thread that opens a folder of weights, and ends without removing it.
await WeightFiles.open(workerData);
