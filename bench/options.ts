import { parseArgs } from 'node:util';
import { type BackendName, backendNames, type Precision, precisions } from '../pipeline/engine/program.ts';
import { UserError } from '../pipeline/errors/user-error.ts';

const sections = ['pipeline', 'wasm', 'host', 'train', 'pages', 'memory'] as const;
export type Section = (typeof sections)[number];

export interface BenchOptions {
  /** Small shapes and few rounds: shows that everything runs, not how fast. */
  readonly quick: boolean;
  readonly only: readonly Section[];
  readonly rounds: number;
  /** What runs the pipeline's programs. */
  readonly backend: BackendName;
  readonly precision: Precision;
  /** Contexts of the pipeline's text, in place of the shapes' own: a fast backend needs more. */
  readonly contexts?: number;
  /** What runs programs to compare with. */
  readonly python: string;
  readonly peer?: { readonly folder: string; readonly python: string };
}

export const help = `npm run bench -- [--flag value …]

  --quick         small shapes, one round
  --only A,B      sections out of ${sections.join(', ')} (all)
  --rounds N      turns of each contestant (3)
  --backend NAME  what runs the pipeline section (onnx-cpu)
  --precision P   how its products round: ${precisions.join(', ')} (f32)
  --contexts N    contexts of 128 tokens that the pipeline section reads
  --peer DIR      a folder with case.py and lean.py: a program to run in turn with the pipeline
  --python PATH   what runs it, and SAELens where it has it (python3)
`;

/** Parses the benchmark's flags; undefined when help was asked for. Throws UserError. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const only = values.only?.split(',') ?? [...sections];
  for (const name of only) oneOf('section', name, sections, 'some of');
  const rounds = wholeOf('rounds', values.rounds ?? (values.quick ? '1' : '3'));
  const backend = oneOf('backend', values.backend ?? 'onnx-cpu', backendNames);
  const precision = oneOf('precision', values.precision ?? 'f32', precisions);
  const contexts = values.contexts === undefined ? {} : { contexts: wholeOf('contexts', values.contexts) };
  const { quick = false, python = 'python3', peer: folder } = values;
  const peer = folder === undefined ? {} : { peer: { folder, python } };
  const chosen = { only: sections.filter((name) => only.includes(name)), rounds, backend, precision };
  return { quick, ...chosen, ...contexts, python, ...peer };
}

function wholeOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UserError(`invalid ${name}: ${text}, expected 1 or more`);
  return number;
}

function oneOf<T extends string>(what: string, name: string, names: readonly T[], expected = 'one of'): T {
  const known = names.find((each) => each === name);
  if (known) return known;
  throw new UserError(`unknown ${what} ${name}, expected ${expected} ${names.join(', ')}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        backend: { type: 'string' },
        precision: { type: 'string' },
        contexts: { type: 'string' },
        peer: { type: 'string' },
        python: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : error} (--help lists the flags)`);
  }
}
