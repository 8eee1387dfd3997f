import type * as z from 'zod';
import type { Arguments } from './config/arguments.ts';
import { parseConfig } from './config/parse.ts';
import * as config from './config.ts';
import type { Effects } from './effects.ts';

/** A command: the settings it takes, and what it does with them. */
export interface Command {
  readonly summary: string;
  readonly schema: z.ZodObject;
  /** Whether the same command takes up what was interrupted. */
  readonly resumes: boolean;
  start(args: Arguments, cwd: string, effects: Effects): Promise<void>;
}

/** Commands that take their interrupted work up again; the others begin anew. */
const resuming: ReadonlySet<string> = new Set(['run', 'train', 'demo', 'train-demo']);

// Each command's code is loaded only when it runs, so that `--help` and mistakes answer at once.
export const commands = {
  run: command(
    'run',
    'corpus → tables of what every feature and head does',
    config.runSchema,
    async (settings, effects) => (await import('./run.ts')).run(settings, effects),
  ),
  train: command('train', 'trains one SAE a layer', config.trainSchema, async (settings, effects) =>
    (await import('./training/train-saes.ts')).trainSaes(settings, effects),
  ),
  evaluate: command('evaluate', 'prints the SAE quality table', config.evaluateSchema, async (settings, effects) =>
    (await import('./commands/evaluate.ts')).evaluate(settings, effects),
  ),
  study: command('study', 'one study of a model: tables and a summary', config.studySchema, async (settings, effects) =>
    (await import('./measures/studies/study-command.ts')).study(settings, effects),
  ),
  site: command('site', 'tables → static site', config.siteSchema, async (settings, effects) =>
    (await import('./publish/publish.ts')).publish(settings, effects),
  ),
  preview: command('preview', 'serves a built site', config.previewSchema, async (settings, effects) =>
    (await import('./preview.ts')).preview(settings, effects),
  ),
  demo: command(
    'demo',
    'runs the embedded model, builds its site and serves it',
    config.demoSchema,
    async (settings, effects) => (await import('./demo.ts')).demo(settings, effects),
  ),
  induction: command(
    'induction',
    'loss on repeated random tokens: does it copy?',
    config.inductionSchema,
    async (settings, effects) => (await import('./commands/induction-check.ts')).inductionCheck(settings, effects),
  ),
  'train-demo': command(
    'train-demo',
    'trains the embedded model and its SAEs',
    config.trainDemoSchema,
    async (settings, effects) => (await import('./training/train-demo.ts')).trainDemo(settings, effects),
  ),
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);
export const commandNames = Object.keys(commands).filter(isCommandName);

function command<S extends z.ZodObject>(
  name: string,
  summary: string,
  schema: S,
  execute: (settings: z.infer<S>, effects: Effects) => Promise<unknown>,
): Command {
  return {
    summary,
    schema,
    resumes: resuming.has(name),
    async start(args, cwd, effects) {
      await execute(parseConfig({ schema, command: name, args, cwd, otherSettings: allSettings() }), effects);
    },
  };
}

/** Every command's settings: a config file may serve several commands. */
const allSettings = (): string[] => Object.values(commands).flatMap(({ schema }) => Object.keys(schema.shape));
