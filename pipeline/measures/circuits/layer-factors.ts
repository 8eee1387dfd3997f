import type { CompiledBy, Engine, OutputsOf } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { append } from '../../numbers/append.ts';
import { compositionFactors, compositionKinds, compositionScore } from './maths/composition.ts';
import type { FactorName } from './maths/head-factors.ts';
import { frobeniusNorm } from './maths/spectrum.ts';
import { type compositionProgram, factorsProgram } from './programs.ts';

/** A layer's factors in host memory, with their Grams. */
export interface LayerFactors extends OutputsOf<typeof factorsProgram> {
  readonly layer: number;
}

export async function readFactors(engine: Engine, model: Model, layer: number): Promise<LayerFactors> {
  const run = await engine.compile(factorsProgram(model, layer));
  const factors = await run({});
  await run.dispose();
  return { layer, ...factors };
}

/** One head's Gram of a factor. */
export function headGram({ gram }: LayerFactors, name: FactorName, head: number): Float32Array {
  const [, dHead = 1] = gram[name].shape;
  return gram[name].data.subarray(head * dHead ** 2, (head + 1) * dHead ** 2);
}

/** A head's composition with an earlier one. */
export interface Composition {
  readonly kind: string;
  readonly layer: number;
  readonly head: number;
  readonly score: number;
}

/** Compositions of each kind that a head lists. */
const listed = 3;

/** By head of a layer: the strongest compositions of each kind with heads of earlier layers. */
export async function strongestCompositions(
  compose: CompiledBy<typeof compositionProgram>,
  reader: LayerFactors,
  writers: readonly LayerFactors[],
): Promise<Composition[][]> {
  const [heads = 0, , dModel = 1] = reader.factor.key.shape;
  const found = Array.from({ length: heads }, (): Composition[] => []);
  for (const kind of compositionKinds) {
    const { reads, partner } = compositionFactors[kind];
    const own = found.map((): Composition[] => []);
    for (const writer of writers) {
      const { norms } = await compose({
        output: writer.factor.output,
        valueGram: writer.gram.value,
        reads: reader.factor[reads],
        partnerGram: reader.gram[partner],
      });
      norms.data.forEach((norm, i) => {
        const [head, to] = [Math.floor(i / heads), i % heads];
        const circuit = frobeniusNorm(headGram(writer, 'value', head), headGram(writer, 'output', head));
        const reading = frobeniusNorm(headGram(reader, reads, to), headGram(reader, partner, to));
        const score = compositionScore(norm, circuit, reading, dModel);
        if (score !== undefined) own[to]?.push({ kind, layer: writer.layer, head, score });
      });
    }
    own.forEach((all, head) => append(found[head], all.sort((a, b) => b.score - a.score).slice(0, listed)));
  }
  return found;
}
