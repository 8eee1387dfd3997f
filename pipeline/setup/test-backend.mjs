import { inRoot } from './paths.mjs';
import { environment, start } from './pinned-node.mjs';

/** Tests a backend of this machine against tfjs-cpu and the float64 reference; the exit code. */
export function testBackend(name, env = environment) {
  if (name !== undefined)
    return start('vitest', ['run', '--project', 'backend'], {
      cwd: inRoot(),
      env: { ...env, ATLAS_TEST_BACKEND: name },
    });
  process.stderr.write('setup: no backend is named, expected one (npm run test:backend -- onnx-cuda)\n');
  return 1;
}
