import { type BackendName, backendNames } from '../engine/program.ts';
import { greatest } from '../numbers/extremes.ts';
import { rightWithin, type Trial } from './trial.ts';
import type { Outcome } from './try-backend.ts';

/** What is known of one backend. */
export interface Finding {
  readonly backend: BackendName;
  readonly missing: string | undefined;
  readonly outcome: Outcome | undefined;
}

/** The lines that say which backends a machine has, which is taken and why. `candidates` are those tried unasked, best first. */
export function reportLines(findings: readonly Finding[], candidates: readonly BackendName[]): string[] {
  const taken = candidates.find((backend) => isRight(findings.find((finding) => finding.backend === backend)));
  const width = greatest(backendNames.map((name) => name.length));
  const lines = findings.map((finding) => `  ${finding.backend.padEnd(width)}  ${sentenceOf(finding)}`);
  return [...lines, '', takenLine(taken, findings, candidates)];
}

const isRight = (finding: Finding | undefined): boolean => {
  const { outcome } = finding ?? {};
  return outcome !== undefined && 'product' in outcome && [outcome.product, outcome.attention].every(agrees);
};

const agrees = ({ error }: Trial) => error < rightWithin;

function sentenceOf({ missing, outcome }: Finding): string {
  if (!outcome) return `missing: ${missing}`;
  if ('refusal' in outcome) return `does not start: ${outcome.refusal}${missing ? `; missing: ${missing}` : ''}`;
  return `product ${trialText(outcome.product)}; attention layer ${trialText(outcome.attention)}`;
}

const trialText = (trial: Trial) =>
  `${agrees(trial) ? 'right' : 'WRONG'} to ${trial.error.toExponential(0)}, ${rate(trial.gflops)} GFLOP/s`;

const rate = (gflops: number) => (gflops >= 10 ? gflops.toFixed(0) : gflops.toPrecision(2));

function takenLine(
  taken: BackendName | undefined,
  findings: readonly Finding[],
  candidates: readonly BackendName[],
): string {
  if (!taken) return 'none is taken: none of them computes right';
  const better = backendNames.slice(0, backendNames.indexOf(taken)).filter((name) => name !== taken);
  const skipped = candidates.slice(0, candidates.indexOf(taken));
  if (skipped.length > 0) return `taken: ${taken}, since ${skipped.join(' and ')} did not compute right`;
  if (taken !== 'onnx-cpu') return `taken: ${taken}, the first of CUDA, WebGPU and the CPU that computes right here`;
  const missing = findings.filter(({ backend, missing: lacking }) => backend.startsWith('onnx-') && lacking);
  const why = missing.length > 0 ? 'no GPU can be used here' : `${better.join(', ')} were not tried`;
  return `taken: onnx-cpu, since ${why}; --backend NAME takes another`;
}
