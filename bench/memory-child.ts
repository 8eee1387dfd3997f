import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../pipeline/engine/index.ts';
import { pipelinePass } from './pipeline-pass.ts';
import { randomCase } from './random-case.ts';

// Runs the pipeline, Parquet included, on the shape it is given, and prints the bytes of memory it took at most.
const folder = await mkdtemp(join(tmpdir(), 'atlas-bench-'));
const engine = await createEngine({ backend: 'onnx-cpu' });
const benchCase = await randomCase(JSON.parse(process.argv.at(2) ?? ''), engine, folder);
await pipelinePass(benchCase, engine, 'parquet');
await benchCase.contexts.close();
await rm(folder, { recursive: true });
console.log(1024 * process.resourceUsage().maxRSS);
