import type { Engine } from '../engine/program.ts';
import { halfLosses, mean, repeatedHalves } from '../measures/studies/induction/maths/repeated-halves.ts';
import type { ModelConfig } from '../model/model.ts';
import { vocabularyOf } from '../model/vocabulary.ts';
import { type FloatTensor, type IntTensor, int32 } from '../numbers/tensor.ts';
import { lmLosses } from './lm-step.ts';

/** Measures a model's weights; the answer is a piece of a log line. */
export type LmProbe = (weights: Record<string, FloatTensor>) => Promise<string>;

/** Rows of tokens with the beginning-of-sequence token put first, as batches of [rows, length]. */
export function probeBatches(pieces: readonly Int32Array[], rows: number, bos: number): IntTensor[] {
  const batches: IntTensor[] = [];
  for (let start = 0; start + rows <= pieces.length; start += rows) {
    const data = pieces.slice(start, start + rows).map((piece) => [bos, ...piece]);
    batches.push(int32([rows, data[0]?.length ?? 0], Int32Array.from(data.flat())));
  }
  return batches;
}

export interface ProbeOptions {
  readonly rows: number;
  readonly length: number;
  readonly bos: number;
  /** Batches of held-out text by name, each [rows, length]. */
  readonly heldOut: Readonly<Record<string, readonly IntTensor[]>>;
}

/** A probe of held-out loss and of the induction gap: nats lost on repeated tokens' first half less the second's. */
export async function lmProbe(engine: Engine, config: ModelConfig, options: ProbeOptions): Promise<LmProbe> {
  const { rows, length, bos, heldOut } = options;
  const repeated = repeatedHalves({ rows, length, bos, tokens: vocabularyOf({ config }), seed: 99 });
  const executable = await engine.compile(lmLosses(config, rows, length));
  return async (weights) => {
    const lossesOf = async (batch: IntTensor) => {
      const { losses } = await executable.run({ rows: batch, ...weights });
      return Array.from(losses?.data ?? []);
    };
    const parts: string[] = [];
    for (const [name, batches] of Object.entries(heldOut)) {
      const losses = (await Promise.all(batches.map(lossesOf))).flat();
      parts.push(`${name} ${mean(losses).toFixed(3)}`);
    }
    const { first, second } = halfLosses(await lossesOf(repeated), length);
    return `${parts.join('  ')}  induction gap ${(first - second).toFixed(2)}`;
  };
}
