import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aimLine, formatMegabytes, formatNumber, formatRatio, reportLine } from './format.ts';
import type { SectionOptions } from './section.ts';
import { describeShape, type Shape, tokensOf } from './shape.ts';

const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));

/** Peak memory of the pipeline on more and more tokens, each in a process of its own; then of other shapes. */
export async function memorySection(
  growing: readonly Shape[],
  others: readonly Shape[],
  { print }: SectionOptions,
): Promise<void> {
  print('\nPeak memory of a process that runs the pipeline, its random weights included');
  const peaks: number[] = [];
  for (const shape of growing) {
    const bytes = await peakBytes(shape);
    peaks.push(bytes);
    print(reportLine(`${formatNumber(tokensOf(shape))} tokens`, formatMegabytes(bytes), describeShape(shape)));
  }
  const ratio = peaks[peaks.length - 1] / peaks[0];
  print(aimLine('most tokens against fewest', formatRatio(ratio), { text: '1.15× at most', met: ratio <= 1.15 }));
  for (const shape of others)
    print(reportLine(shape.name, formatMegabytes(await peakBytes(shape)), describeShape(shape)));
}

async function peakBytes(shape: Shape): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(shape)]);
  return Number(stdout);
}
