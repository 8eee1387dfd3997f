import { parseArgs } from 'node:util';
import { UserError } from '../errors/user-error.ts';
import { closest } from './closest.ts';
import type { Flag } from './field.ts';

/** A parsed command line: the texts given to each flag, the config file if one was named, and whether help was asked for. */
export interface Arguments {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly configFile?: string;
  readonly help: boolean;
}

/** `[WORD] CONFIG.json --flag value …`; a list flag takes every word up to the next flag. Throws UserError on an unknown flag or word. */
export function parseArguments(argv: readonly string[], flags: readonly Flag[], command: string): Arguments {
  const given = new Map<string, string[]>();
  let configFile: string | undefined;
  let help = false;
  let open: string | undefined;
  const word = flags.find((flag) => flag.words);
  for (const token of tokenize(argv, flags)) {
    if (token.kind === 'option' && (token.name === 'help' || token.name === 'h')) help = true;
    else if (token.kind === 'option') {
      const flag = findFlag(token.name, flags, command);
      const value = flag.kind === 'switch' ? switchValue(token) : requiredValue(token, flag);
      given.set(flag.name, flag.list ? [...(given.get(flag.name) ?? []), value] : [value]);
      open = flag.list ? flag.name : undefined;
    } else if (token.kind === 'positional' && word && !given.has(word.name)) {
      given.set(word.name, [knownWord(token.value, word)]);
    } else if (token.kind === 'positional' && open) given.get(open)?.push(token.value);
    else if (token.kind === 'positional' && configFile === undefined) configFile = token.value;
    else if (token.kind === 'positional') {
      throw new UserError(`unexpected argument "${token.value}" of ${command}, expected CONFIG.json and flags`);
    }
  }
  return { given, configFile, help };
}

function knownWord(value: string, { name, words = [] }: Flag): string {
  if (words.includes(value)) return value;
  const near = closest(value, words);
  throw new UserError(
    `unknown ${name} ${value}, ${near ? `did you mean ${near}?` : `expected one of ${words.join(', ')}`}`,
  );
}

function tokenize(argv: readonly string[], flags: readonly Flag[]) {
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.kind === 'switch' ? ('boolean' as const) : ('string' as const) }]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

interface OptionToken {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function findFlag(name: string, flags: readonly Flag[], command: string): Flag {
  const negated = name.startsWith('no-') ? name.slice('no-'.length) : undefined;
  const flag = flags.find((f) => f.name === name || (f.kind === 'switch' && f.name === negated));
  if (flag) return flag;
  const near = closest(
    name,
    flags.map((f) => f.name),
  );
  throw new UserError(`unknown flag --${name} of ${command}, ${near ? `did you mean --${near}?` : 'see --help'}`);
}

function requiredValue({ value, inlineValue }: OptionToken, flag: Flag): string {
  // `--model --saes x` would otherwise take `--saes` for the model's folder.
  const missing = value === undefined || (!inlineValue && value.startsWith('--'));
  if (missing) throw new UserError(`--${flag.name} has no value, expected ${flag.value ?? 'N'}: ${flag.help}`);
  return value;
}

function switchValue({ name, value }: OptionToken): string {
  return value ?? String(!name.startsWith('no-'));
}
