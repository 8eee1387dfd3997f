import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DoctorConfig } from '../commands/doctor.ts';
import type { Effects } from '../effects.ts';
import { onnxProviders } from '../engine/backends/onnx.ts';
import { candidates, thisMachine } from '../engine/choose.ts';
import { type BackendName, backendNames } from '../engine/program.ts';
import { type DoctorMachine, missingOf } from './missing.ts';
import { type Finding, reportLines } from './report.ts';
import type { Outcome } from './try-backend.ts';

const child = fileURLToPath(new URL('try-backend.ts', import.meta.url));
/** A driver that hangs is given up. */
const patienceMs = 120_000;

/** Tries every backend that this machine may have, and says which would be taken and what is missing of the others. */
export async function doctor({ threads }: DoctorConfig, effects: Effects): Promise<Finding[]> {
  const machine = doctorMachine();
  const { platform, arch, versions } = process;
  effects.log(`node ${versions.node}, ${platform} ${arch}, ${availableParallelism()} cores`);
  const findings: Finding[] = [];
  for (const backend of backendNames) {
    const missing = missingOf(backend, machine);
    findings.push({ backend, missing, outcome: missing ? undefined : await tried(backend, threads) });
  }
  for (const line of reportLines(findings, candidates(machine))) effects.log(line);
  return findings;
}

async function tried(backend: BackendName, threads: number | undefined): Promise<Outcome> {
  const args = [child, backend, ...(threads === undefined ? [] : [String(threads)])];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: patienceMs });
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1));
  } catch (error) {
    const isLate = error instanceof Error && 'killed' in error && error.killed === true;
    return { refusal: isLate ? `no answer in ${patienceMs / 1000} s` : 'its process ended' };
  }
}

function doctorMachine(): DoctorMachine {
  const require = createRequire(import.meta.url);
  const hasPackage = (name: string) => {
    try {
      return existsSync(require.resolve(name));
    } catch {
      return false;
    }
  };
  const runtime = dirname(require.resolve('onnxruntime-node/package.json'));
  return {
    ...thisMachine(onnxProviders()),
    arch: process.arch,
    hasPackage,
    hasCudaLibraries: hasCudaLibraries(join(runtime, 'bin')),
    onnxInstaller: fromHere(join(runtime, 'script/install.js')),
  };
}

/** Empty files of their names stand for libraries that were not wanted at the installation. */
function hasCudaLibraries(programs: string): boolean {
  if (!existsSync(programs)) return false;
  const files = readdirSync(programs, { recursive: true, encoding: 'utf8' });
  return files.some((file) => file.includes('onnxruntime_providers_cuda') && statSync(join(programs, file)).size > 0);
}

/** A path as it is shortest to type. */
function fromHere(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') ? path : inside;
}
