import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { readIntactJson, writeSealedJson } from '../disk/sealed-json.ts';
import { type DescribedRun, requireSameRun } from './require-same-run.ts';
import { recordedIn } from './workspace.ts';

const schema = z.object({ fingerprint: z.string(), inputs: z.record(z.string(), z.string()) });

const workOf = (out: string) => join(out, '.work');
const fileOf = (out: string) => join(workOf(out), 'started.json');

/** Notes what the work under OUT/.work is of. */
export const writeStartedRun = (out: string, run: DescribedRun): Promise<void> => writeSealedJson(fileOf(out), run);

/** Throws UserError where contexts of another run are recorded under OUT/.work: to begin anew would throw them away. */
export async function refuseOtherWork(out: string, own: DescribedRun): Promise<void> {
  const found = await recordedUnder(workOf(out));
  const other = found.find(({ fingerprint, contexts }) => contexts > 0 && fingerprint !== own.fingerprint)?.fingerprint;
  if (other === undefined) return;
  const started = await readIntactJson(fileOf(out), schema);
  const run = started?.fingerprint === other ? started : { fingerprint: other, inputs: {} };
  requireSameRun(own, run, { of: `the interrupted run in ${out}`, work: workOf(out) });
}

/** Contexts recorded under OUT/.work so far, by one process or its threads. */
export async function contextsRecorded(out: string): Promise<number> {
  return (await recordedUnder(workOf(out))).reduce((sum, { contexts }) => sum + contexts, 0);
}

/** What is recorded in a working folder and in those of threads and parts below it. */
async function recordedUnder(work: string) {
  const files = await readdir(work, { recursive: true }).catch(() => []);
  const states = files.filter((file) => basename(file) === 'state.json');
  return Promise.all(states.map((file) => recordedIn(join(work, dirname(file)))));
}
