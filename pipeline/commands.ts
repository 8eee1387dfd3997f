import type * as z from 'zod';
import { compareCommand } from './commands/compare.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { exportCommand } from './commands/export.ts';
import { inductionCommand } from './commands/induction.ts';
import { labelCommand } from './commands/label.ts';
import { measureCommand } from './commands/measure.ts';
import { mergeCommand } from './commands/merge.ts';
import { previewCommand } from './commands/preview.ts';
import { runCommand } from './commands/run.ts';
import { siteCommand } from './commands/site.ts';
import { statusCommand } from './commands/status.ts';
import { studyCommand } from './commands/study.ts';
import { submitCommand } from './commands/submit.ts';
import { trainCommand } from './commands/train.ts';
import { trainDemoCommand } from './commands/train-demo.ts';
import type { Arguments } from './config/arguments.ts';
import type { CommandDeclaration } from './config/command.ts';
import { parseConfig } from './config/parse.ts';
import type { Effects } from './effects.ts';

export interface Command extends CommandDeclaration {
  start(args: Arguments, cwd: string, effects: Effects): Promise<void>;
}

/** In the order of `--help`. A command's code is loaded only when it runs, so that help and usage errors come at once. */
export const commands: readonly Command[] = [
  command(runCommand, async () => (await import('./run.ts')).run),
  command(measureCommand, async () => (await import('./run/measure.ts')).measure),
  command(mergeCommand, async () => (await import('./run.ts')).merge),
  command(submitCommand, async () => (await import('./cluster/submit.ts')).submit),
  command(statusCommand, async () => (await import('./cluster/status.ts')).status),
  command(trainCommand, async () => (await import('./training/train-saes.ts')).trainSaes),
  command(evaluateCommand, async () => (await import('./measures/quality/evaluate.ts')).evaluate),
  command(studyCommand, async () => (await import('./measures/studies/study-command.ts')).study),
  command(labelCommand, async () => (await import('./labelling/label.ts')).label),
  command(compareCommand, async () => (await import('./comparison/compare-runs.ts')).compareRuns),
  command(exportCommand, async () => (await import('./exchange/export-run.ts')).exportRun),
  command(siteCommand, async () => (await import('./publish/publish.ts')).publish),
  command(previewCommand, async () => (await import('./preview.ts')).preview),
  command(doctorCommand, async () => (await import('./doctor/doctor.ts')).doctor),
  command(demoCommand, async () => (await import('./demo.ts')).demo),
  command(inductionCommand, async () => (await import('./training/induction-check.ts')).inductionCheck),
  command(trainDemoCommand, async () => (await import('./training/train-demo.ts')).trainDemo),
];

/** A declared command with the function that it loads and runs on its settings. */
function command<S extends z.ZodObject>(
  declared: CommandDeclaration<S>,
  load: () => Promise<(settings: z.infer<S>, effects: Effects) => Promise<unknown>>,
): Command {
  return {
    ...declared,
    async start(args, cwd, effects) {
      const { name, schema } = declared;
      const settings = parseConfig({ schema, command: name, args, cwd, otherSettings: allSettings() });
      await (await load())(settings, effects);
    },
  };
}

/** Every command's settings: a config file may serve several commands. */
const allSettings = (): string[] => commands.flatMap(({ schema }) => Object.keys(schema.shape));
