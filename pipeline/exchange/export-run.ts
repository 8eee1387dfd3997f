import type { ExportConfig } from '../commands/export.ts';
import { makeFolder } from '../disk/disk.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { realPlace } from '../tables/check-out.ts';
import { openRun, type RunReader } from '../tables/reader.ts';
import { exportCircuitTracer } from './circuit-tracer/export.ts';
import { exportedSaes } from './exported-saes.ts';
import { exportNeuronpedia } from './neuronpedia/export.ts';

/** Writes a finished run in another tool's format. Throws UserError for bad input. */
export async function exportRun(config: ExportConfig, effects: Effects): Promise<void> {
  const reader = await openRun(config.run);
  try {
    const saes = exportedSaes(await reader.saes(), config);
    if ((await realPlace(config.out)) === (await realPlace(config.run)))
      throw new UserError(`--out is the run itself: ${config.out}, expected another folder`);
    await makeFolder(config.out);
    const tokens = await tokenTexts(reader);
    const write = config.format === 'neuronpedia' ? exportNeuronpedia : exportCircuitTracer;
    const lines = await write({ config, reader, saes, tokenText: tokens, effects });
    for (const line of lines) effects.log(`export: ${line}`);
  } finally {
    reader.close();
  }
}

async function tokenTexts(reader: RunReader): Promise<(id: number) => string> {
  const texts = new Map((await reader.vocabulary()).map(({ token_id, token }) => [token_id, token]));
  return (id) => texts.get(id) ?? `[${id}]`;
}
