import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands } from './commands.ts';
import { parseArguments } from './config/arguments.ts';
import { closest } from './config/closest.ts';
import { flagsOf } from './config/field.ts';
import { commandHelp } from './config/help.ts';
import { interruptible } from './effects/interruptible.ts';
import { type Effects, terminalEffects } from './effects.ts';
import { printable } from './errors/printable.ts';
import { asUserError } from './errors/system-error.ts';
import { UserError } from './errors/user-error.ts';
import { exitCodeOf, listenForInterruption } from './interrupt.ts';
import { greatest } from './numbers/extremes.ts';
import { version } from './record/version.ts';

/** Where a command line is run: what it may print to, and the folder that its relative paths start from. */
export interface Shell {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly cwd: string;
}

/** Runs a command line; the exit code is 0, 1 after a user's mistake (one line), 2 after a fault of ours (a stack). */
export async function main(argv: readonly string[], shell: Shell): Promise<number> {
  try {
    await dispatch(argv, shell);
    return 0;
  } catch (error) {
    return error instanceof Stopped ? exitCodeOf(error.signal) : report(error, shell);
  }
}

/** Says what ended a command: one line for a mistake or the system's refusal, a stack for a fault of ours. */
function report(error: unknown, { stderr }: Pick<Shell, 'stderr'>): number {
  const mistake = asUserError(error);
  stderr.write(
    mistake ? `atlas: ${printable(mistake.message)}\n` : `${error instanceof Error ? error.stack : error}\n`,
  );
  return mistake ? 1 : 2;
}

async function dispatch([name, ...rest]: readonly string[], shell: Shell): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    shell.stdout.write(overview());
    return;
  }
  if (name === '--version' || name === '-V' || name === 'version') {
    shell.stdout.write(`${version}\n`);
    return;
  }
  const command = commands.find((known) => known.name === name);
  if (!command) throw new UserError(unknownCommand(name));
  const flags = flagsOf(command.schema);
  const args = parseArguments(rest, flags, name);
  if (args.help) shell.stdout.write(commandHelp(name, command.summary, flags));
  else await withEffects(shell, command.resumes, (effects) => command.start(args, shell.cwd, effects));
}

/** A command that ended because a signal asked for it. */
class Stopped extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

async function withEffects(shell: Shell, resumes: boolean, act: (effects: Effects) => Promise<void>): Promise<void> {
  const effects = await terminalEffects({ ...shell, term: process.env.TERM });
  const fate = resumes ? 'the same command takes the work up again' : 'the same command begins again';
  const say = (line: string) => {
    effects.close();
    shell.stderr.write(`\natlas: ${line}\n`);
  };
  const interruption = listenForInterruption(say, fate);
  try {
    await act(interruptible(effects, () => interruption.signal !== undefined));
  } catch (error) {
    throw interruption.signal === undefined ? error : new Stopped(interruption.signal);
  } finally {
    interruption.ignore();
    effects.close();
  }
}

function overview(): string {
  const width = greatest(commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'atlas COMMAND [CONFIG.json] [--flag value …]',
    '',
    ...rows,
    '',
    'atlas COMMAND --help lists its flags; atlas --version says which version this is.',
    '',
  ].join('\n');
}

function unknownCommand(name: string): string {
  const known = commands.map((command) => command.name);
  const near = closest(name, known);
  return `unknown command ${name}, ${near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`}`;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { stdout, stderr } = process;
  // A stream that fails between two awaits has nobody else to tell.
  process.on('uncaughtException', (error) => process.exit(report(error, process)));
  process.exitCode = await main(process.argv.slice(2), { stdout, stderr, cwd: process.cwd() });
}
