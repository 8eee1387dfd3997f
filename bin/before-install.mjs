// Before npm runs the installers of our dependencies. On Linux x64 ONNX Runtime's downloads CUDA's libraries, 300 MB from
// NuGet, unless it finds files of their names: empty ones say that they are not wanted. `atlas doctor` names the command
// that brings them. In a global installation or one of npx, which is for this machine alone, the programs of other
// machines are removed too. ONNXRUNTIME_NODE_INSTALL, which its installer reads, turns all of this off.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const isInstalled = /[\\/]node_modules[\\/]/.test(here);
const { ONNXRUNTIME_NODE_INSTALL: wish, npm_config_onnxruntime_node_install: setting, npm_config_global } = process.env;
const isForThisMachine = npm_config_global === 'true' || /[\\/]_npx[\\/]/.test(here);

if (isInstalled && !wish && !setting) trim();

function trim() {
  const programs = findPrograms();
  if (!programs) return;
  const { platform, arch } = process;
  const own = join(programs, platform, arch);
  if (`${platform}/${arch}` === 'linux/x64') leaveOutCuda(own);
  if (!isForThisMachine || !existsSync(own)) return;
  for (const system of readdirSync(programs)) {
    for (const processor of readdirSync(join(programs, system))) {
      const folder = join(programs, system, processor);
      if (folder !== own) rmSync(folder, { recursive: true, force: true });
    }
  }
}

function findPrograms() {
  try {
    const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    const folder = join(dirname(entry), 'bin', 'napi-v6');
    return existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function leaveOutCuda(folder) {
  mkdirSync(folder, { recursive: true });
  for (const part of ['cuda', 'shared', 'tensorrt']) {
    const file = join(folder, `libonnxruntime_providers_${part}.so`);
    if (!existsSync(file)) writeFileSync(file, '');
  }
}
