/** Prints, as JSON, how far a backend is from tfjs-cpu, on the programs of a run or on each op (argv): relative errors. */
import { type BackendName, backendNames, createEngine } from '../../pipeline/engine/index.ts';
import { pipelineRuns, runOf } from './pipeline-programs.ts';
import { gradientCases, opCases, relativeError } from './programs.ts';

const isBackend = (name: string | undefined): name is BackendName => backendNames.some((known) => known === name);
const [, , backend, what] = process.argv;
if (!isBackend(backend)) throw new Error(`unknown backend ${backend}`);

const opRuns = () => [...opCases, ...gradientCases].map(({ program, inputs }) => runOf(program, inputs));
const errors: Record<string, number> = {};
for (const { name, on } of what === 'ops' ? opRuns() : pipelineRuns()) {
  const expected = await on(await createEngine({ backend: 'tfjs-cpu' }));
  const actual = await on(await createEngine({ backend }));
  for (const [output, tensor] of expected) errors[`${name}: ${output}`] = relativeError(tensor, actual.get(output));
}
console.log(JSON.stringify(errors));
process.exit(0);
