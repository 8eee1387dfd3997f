/** Prints, as JSON, how far a backend is from tfjs-cpu, on the programs of a run or on each op (argv): relative errors. */
import { type BackendName, backendNames, createEngine } from '../../pipeline/engine/index.ts';
import { pipelinePrograms } from './pipeline-programs.ts';
import { gradientCases, opCases, relativeError } from './programs.ts';

const isBackend = (name: string | undefined): name is BackendName => backendNames.some((known) => known === name);
const [, , backend, what] = process.argv;
if (!isBackend(backend)) throw new Error(`unknown backend ${backend}`);

const errors: Record<string, number> = {};
for (const { program, inputs } of what === 'ops' ? [...opCases, ...gradientCases] : pipelinePrograms()) {
  const expected = await (await (await createEngine({ backend: 'tfjs-cpu' })).compile(program)).run(inputs);
  const actual = await (await (await createEngine({ backend })).compile(program)).run(inputs);
  for (const [name, tensor] of Object.entries(expected))
    errors[`${program.name}: ${name}`] = relativeError(tensor, actual[name]);
}
console.log(JSON.stringify(errors));
process.exit(0);
