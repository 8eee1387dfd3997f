import { createHash } from 'node:crypto';
import { type RunConfig, runSchema } from '../commands/run.ts';
import { flagsOf } from '../config/field.ts';
import { settingsWhere } from '../config/settings-where.ts';
import type { RunInputs } from './inputs.ts';
import { version } from './version.ts';

/** What a run's fingerprint is made of, by names that a message can use. */
export function describedInputs(
  config: RunConfig,
  { identities, corpus, contextLength }: Pick<RunInputs, 'identities' | 'corpus' | 'contextLength'>,
): Record<string, string> {
  const { model, tokenizer, saes } = identities;
  const short = (sha256: string) => sha256.slice(0, 12);
  const text = corpus.map(({ file, format, sha256 }) => `${sha256} ${format} ${file}\n`).join('');
  return {
    version,
    model: short(model.sha256),
    tokenizer: short(tokenizer.sha256),
    saes: saes.map(({ id, sha256 }) => `${id} ${short(sha256)}`).join(', '),
    corpus: short(createHash('sha256').update(text).digest('hex')),
    ...settingsShown(config),
    context: String(contextLength),
  };
}

function settingsShown(config: RunConfig): Record<string, string> {
  const flags = flagsOf(runSchema).filter(({ affects }) => affects === 'numbers');
  const shown = flags.map(({ name, keys }) => {
    const setting = settingsWhere(runSchema, config, (flag) => flag.keys.join() === keys.join());
    return [name, JSON.stringify(Object.values(setting)[0] ?? null)];
  });
  return Object.fromEntries(shown);
}
