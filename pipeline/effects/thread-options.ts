import type { WorkerOptions } from 'node:worker_threads';

/**
 * What threads of a run are started with: none of the process's own arguments, and a quarter of the 48 MB that V8 gives a
 * thread for young objects, since loops over arrays make few.
 */
export const threadOptions: WorkerOptions = { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 12 } };
