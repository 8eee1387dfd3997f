import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../pipeline/engine/index.ts';
import { pipelineFlops } from './flops.ts';
import { aimLine, formatNumber, formatParts, formatPercent, formatRatio, formatSeconds, reportLine } from './format.ts';
import { medianOf, takeTurns } from './median.ts';
import { peakMeter } from './peak.ts';
import { type Peer, type PeerResult, runPeer, writePeerCase } from './peer.ts';
import { type PassResult, pipelinePass } from './pipeline-pass.ts';
import { firstContexts, randomCase } from './random-case.ts';
import type { SectionOptions } from './section.ts';
import { describeShape, type Shape } from './shape.ts';

/** One turn of each contestant. */
interface Round {
  /** Operations a second of a matrix product, before and after the pipeline's turn. */
  readonly peak: number;
  readonly memory: PassResult;
  readonly parquet: PassResult;
  readonly peer?: PeerResult;
}

const warmUpContexts = 16;

/** Tokens a second of the pipeline, as a share of the machine's matrix-product rate and against a peer. */
export async function pipelineSection(shape: Shape, options: SectionOptions & { readonly peer?: Peer }): Promise<void> {
  options.print(`\nPipeline at ${describeShape(shape)}`);
  const rounds = await measure(shape, options);
  const middle = rounds.toSorted((a, b) => a.memory.seconds - b.memory.seconds)[Math.floor(rounds.length / 2)];
  if (!middle) return;
  for (const line of [...pipelineLines(shape, rounds, middle), ...peerLines(rounds)]) options.print(line);
}

async function measure(
  shape: Shape,
  { rounds, folder, peer }: SectionOptions & { readonly peer?: Peer },
): Promise<Round[]> {
  const engine = await createEngine({ backend: 'onnx-cpu' });
  const place = join(folder, shape.name);
  await mkdir(place, { recursive: true });
  const benchCase = await randomCase(shape, engine, place);
  if (peer) await writePeerCase(peer, shape, place);
  const peak = await peakMeter(engine);
  await pipelinePass(firstContexts(benchCase, warmUpContexts), engine, 'memory');
  const taken = await takeTurns(rounds, async () => {
    const before = await peak();
    const memory = await pipelinePass(benchCase, engine, 'memory');
    const after = await peak();
    const parquet = await pipelinePass(benchCase, engine, 'parquet');
    const shared = { peak: (before + after) / 2, memory, parquet };
    return peer ? { ...shared, peer: await runPeer(peer, shape, place) } : shared;
  });
  await benchCase.contexts.close();
  return taken;
}

function pipelineLines(shape: Shape, rounds: readonly Round[], middle: Round): string[] {
  const flops = pipelineFlops(shape, middle.memory.attributedExamples).total;
  const share = medianOf(rounds, ({ memory, peak }) => flops / memory.seconds / peak);
  const { memory, parquet } = middle;
  return [
    reportLine(
      'pipeline',
      tokensPerSecond(medianOf(rounds, (round) => round.memory.tokensPerSecond)),
      `${formatSeconds(memory.seconds)}: ${formatParts(memory.parts)}; density ${formatPercent(memory.density)}`,
    ),
    reportLine(
      'with families and Parquet too',
      tokensPerSecond(medianOf(rounds, (round) => round.parquet.tokensPerSecond)),
      `${formatSeconds(parquet.seconds)}: ${formatParts(parquet.parts)}`,
    ),
    reportLine(
      'matrix product',
      `${formatNumber(medianOf(rounds, ({ peak }) => peak) / 1e9)} GFLOP/s`,
      `the pipeline's products are ${formatNumber(flops / 1e9)} GFLOP`,
    ),
    aimLine('share of that rate', formatPercent(share), { text: '60 %', met: share >= 0.6 }),
  ];
}

function peerLines(rounds: readonly Round[]): string[] {
  const paired = rounds.flatMap(({ memory, parquet, peer }) => (peer ? [{ memory, parquet, peer }] : []));
  const last = paired.at(-1);
  if (!last) return [];
  const ratio = medianOf(paired, ({ memory, peer }) => memory.tokensPerSecond / peer.tokensPerSecond);
  const withParquet = medianOf(paired, ({ parquet, peer }) => parquet.tokensPerSecond / peer.tokensPerSecond);
  return [
    reportLine('peer', tokensPerSecond(medianOf(paired, ({ peer }) => peer.tokensPerSecond)), last.peer.line),
    aimLine('pipeline against peer', formatRatio(ratio), { text: '1.5×', met: ratio >= 1.5 }),
    reportLine('with both against peer', formatRatio(withParquet)),
  ];
}

const tokensPerSecond = (rate: number): string => `${formatNumber(rate)} tokens/s`;
