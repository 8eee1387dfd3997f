import { parseArgs } from 'node:util';
import { UserError } from '../pipeline/errors/user-error.ts';

const sections = ['pipeline', 'wasm', 'host', 'train', 'pages', 'memory'] as const;
export type Section = (typeof sections)[number];

export interface BenchOptions {
  /** Small shapes and few rounds: shows that everything runs, not how fast. */
  readonly quick: boolean;
  readonly only: readonly Section[];
  readonly rounds: number;
  /** What runs programs to compare with. */
  readonly python: string;
  readonly peer?: { readonly folder: string; readonly python: string };
}

export const help = `npm run bench -- [--flag value …]

  --quick         small shapes, one round
  --only A,B      sections out of ${sections.join(', ')} (all)
  --rounds N      turns of each contestant (3)
  --peer DIR      a folder with case.py and lean.py: a program to run in turn with the pipeline
  --python PATH   what runs it, and SAELens where it has it (python3)
`;

/** Parses the benchmark's flags; undefined when help was asked for. Throws UserError. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const only = values.only?.split(',') ?? [...sections];
  const unknown = only.find((name) => !sections.some((section) => section === name));
  if (unknown !== undefined) throw new UserError(`unknown section ${unknown}, expected some of ${sections.join(', ')}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new UserError(`invalid rounds: ${values.rounds}, expected 1 or more`);
  const { quick = false, python = 'python3', peer: folder } = values;
  const peer = folder === undefined ? {} : { peer: { folder, python } };
  return { quick, only: sections.filter((name) => only.includes(name)), rounds, python, ...peer };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        peer: { type: 'string' },
        python: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : error} (--help lists the flags)`);
  }
}
