import type { LabelConfig } from '../commands/label.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { ownOut } from '../record/own-out.ts';
import { openRun } from '../tables/reader.ts';
import { type ExplainConfig, explainLabels } from './explain/explain-labels.ts';
import { importLabels } from './import/import-labels.ts';

/** Labels the features of a finished run. Throws UserError for bad input, and where another command is at work there. */
export async function label(config: LabelConfig, effects: Effects, pauseMs?: number): Promise<void> {
  const { run, from } = config;
  if (!from && !config.explain) throw new UserError('nothing to do, expected --from FILE… or --explain');
  const asked = config.explain ? withEndpoint(config) : undefined;
  (await openRun(run)).close(); // before a lock makes the folder
  await ownOut(run, 'label', async () => {
    if (from) await importLabels(config, from, effects);
    if (asked) await explainLabels(asked, effects, pauseMs);
  });
}

function withEndpoint(config: LabelConfig): ExplainConfig {
  const { endpoint, model } = config;
  if (endpoint !== undefined && model !== undefined) return { ...config, endpoint, model };
  throw new UserError(
    `missing --${endpoint === undefined ? 'endpoint URL' : 'model NAME'} of label --explain: whom to ask`,
  );
}
