/** Starts the backend that argv names, tries it, and prints what came of it as JSON: in a process of its own, since a driver may take it down. */
import { createEngine } from '../engine/index.ts';
import { type BackendName, backendNames } from '../engine/program.ts';
import { UserError } from '../errors/user-error.ts';
import { type Trials, tryEngine } from './trial.ts';

/** What came of trying a backend: how it computes, or why it does not. */
export type Outcome = Trials | { readonly refusal: string };

async function outcome(backend: BackendName, threads: number | undefined): Promise<Outcome> {
  try {
    return await tryEngine(await createEngine({ backend, threads }));
  } catch (error) {
    if (error instanceof UserError) return { refusal: error.message };
    return { refusal: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
}

const [, , asked, threads] = process.argv;
const backend = backendNames.find((name) => name === asked);
if (!backend) throw new Error(`unknown backend ${asked}`);
process.stdout.write(JSON.stringify(await outcome(backend, threads ? Number(threads) : undefined)));
process.exit(0);
