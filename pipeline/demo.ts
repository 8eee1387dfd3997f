import { resolve } from 'node:path';
import type { DemoConfig } from './commands/demo.ts';
import { formatSeconds } from './effects/pace.ts';
import type { Effects } from './effects.ts';
import { preview } from './preview.ts';
import { publish } from './publish/publish.ts';
import { run } from './run.ts';
import { embeddedConfig } from './training/embedded-config.ts';

/** The embedded model from text to a served site: run, publish, preview. */
export async function demo(config: DemoConfig, effects: Effects): Promise<void> {
  const begin = effects.now();
  const settings = { ...(await embeddedConfig()), out: resolve('runs/demo'), ...given(config) };
  const site = config.site ?? resolve('dist');
  await run(settings, effects);
  const { model, saes } = settings;
  const plain = { json: false, pack: false, gzip: false, brotli: false } as const;
  const published = { run: settings.out, out: site, base: config.base, model, saes, ...plain };
  await publish({ ...published, explorer: true, data: false, explorerWeights: 'exact' }, effects);
  effects.log(`demo: ${site} built in ${formatSeconds((effects.now() - begin) / 1000)}`);
  if (config.serve) await preview({ site, base: config.base, host: '127.0.0.1', port: config.port }, effects);
  else effects.log(`demo: atlas preview --site ${site} serves it`);
}

/** Those settings of the demo's own that stand for settings of the run, where something was said. */
function given({ out, tokens, backend, threads }: DemoConfig) {
  return {
    ...(out !== undefined && { out }),
    ...(tokens !== undefined && { tokens }),
    ...(backend !== undefined && { backend }),
    ...(threads !== undefined && { threads }),
  };
}
