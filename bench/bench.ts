import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../pipeline/errors/user-error.ts';
import { hostSection } from './host-section.ts';
import { memorySection } from './memory-section.ts';
import { type BenchOptions, help, parseOptions, type Section } from './options.ts';
import { pagesSection } from './pages-section.ts';
import { pipelineSection } from './pipeline-section.ts';
import type { SectionOptions } from './section.ts';
import { shapesOf } from './shapes.ts';
import { trainSection } from './train-section.ts';
import { wasmSection } from './wasm-section.ts';

const print = (line: string): void => console.log(line);

async function bench(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-bench-'));
  const shapes = shapesOf(options.quick);
  const shared: SectionOptions = { rounds: options.rounds, folder, print };
  const run: Record<Section, () => Promise<void>> = {
    async pipeline() {
      for (const shape of shapes.pipeline) await pipelineSection(shape, { ...shared, ...options });
    },
    async wasm() {
      for (const shape of shapes.wasm) await wasmSection(shape, shared);
    },
    host: () => hostSection(shapes.host, shared),
    train: () => trainSection({ ...shared, tokens: shapes.trained, python: options.python }),
    pages: () => pagesSection(shapes.site, shared),
    memory: () => memorySection(shapes.growing, shapes.pipeline, shared),
  };
  print(
    `${availableParallelism()} cores, ${cpus().at(0)?.model ?? 'of an unknown kind'}; median of ${options.rounds} rounds`,
  );
  try {
    for (const section of options.only) await run[section]();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options) await bench(options);
  else print(help);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
}
