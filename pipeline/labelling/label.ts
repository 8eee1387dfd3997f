import type { LabelConfig } from '../commands/label.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { ownOut } from '../record/own-out.ts';
import { openRun } from '../tables/reader.ts';
import { importLabels } from './import/import-labels.ts';

/** Labels the features of a finished run. Throws UserError for bad input, and where another command is at work there. */
export async function label(config: LabelConfig, effects: Effects): Promise<void> {
  const { run, from } = config;
  if (!from) throw new UserError('nothing to do, expected --from FILE…');
  (await openRun(run)).close(); // before a lock makes the folder
  await ownOut(run, 'label', () => importLabels(config, from, effects));
}
