import { fileURLToPath } from 'node:url';
import type { DemoConfig } from './commands/demo.ts';
import { runSchema } from './commands/run.ts';
import { parseConfig } from './config/parse.ts';
import { formatSeconds } from './effects/pace.ts';
import type { Effects } from './effects.ts';
import { preview } from './preview.ts';
import { publish } from './publish/publish.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The embedded model from text to a served site: run, publish, preview. */
export async function demo(config: DemoConfig, effects: Effects): Promise<void> {
  const begin = effects.now();
  const settings = { ...embeddedConfig(), ...given(config) };
  const site = config.site ?? `${root}dist`;
  await run(settings, effects);
  const { model, saes } = settings;
  await publish(
    { run: settings.out, out: site, base: config.base, explorer: true, explorerWeights: 'exact', model, saes },
    effects,
  );
  effects.log(`demo: ${site} built in ${formatSeconds((effects.now() - begin) / 1000)}`);
  if (config.serve) await preview({ site, base: config.base, host: '127.0.0.1', port: config.port }, effects);
  else effects.log('demo: npm run atlas -- preview serves it');
}

function embeddedConfig() {
  const args = { given: new Map(), configFile: 'data/demo.json', help: false };
  return parseConfig({ schema: runSchema, command: 'demo', args, cwd: root });
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
