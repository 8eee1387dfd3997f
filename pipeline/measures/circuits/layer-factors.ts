import type { Engine, Executable } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { append } from '../../numbers/append.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { floatsOf } from '../../record/outputs.ts';
import { compositionFactors, compositionKinds, compositionScore } from './maths/composition.ts';
import { type FactorName, factorNames } from './maths/head-factors.ts';
import { frobeniusNorm } from './maths/spectrum.ts';
import { factorsProgram } from './programs.ts';

/** A layer's factors in host memory, with their Grams. */
export interface LayerFactors {
  readonly layer: number;
  readonly factor: Readonly<Record<FactorName, FloatTensor>>;
  readonly gram: Readonly<Record<FactorName, FloatTensor>>;
}

export async function readFactors(engine: Engine, model: Model, layer: number): Promise<LayerFactors> {
  const program = await engine.compile(factorsProgram(model, layer));
  const outputs = await program.run({});
  await program.dispose();
  const record = (prefix: string) =>
    Object.fromEntries(factorNames.map((name) => [name, floatsOf(outputs, prefix + name)])) as LayerFactors['factor'];
  return { layer, factor: record(''), gram: record('gram.') };
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
  program: Executable,
  reader: LayerFactors,
  writers: readonly LayerFactors[],
): Promise<Composition[][]> {
  const [heads = 0, , dModel = 1] = reader.factor.key.shape;
  const found = Array.from({ length: heads }, (): Composition[] => []);
  for (const kind of compositionKinds) {
    const { reads, partner } = compositionFactors[kind];
    const own = found.map((): Composition[] => []);
    for (const writer of writers) {
      const outputs = await program.run({
        output: writer.factor.output,
        valueGram: writer.gram.value,
        reads: reader.factor[reads],
        partnerGram: reader.gram[partner],
      });
      const norms = floatsOf(outputs, 'norms').data;
      norms.forEach((norm, i) => {
        const [head, to] = [Math.floor(i / heads), i % heads];
        const circuit = frobeniusNorm(headGram(writer, 'value', head), headGram(writer, 'output', head));
        const reading = frobeniusNorm(headGram(reader, reads, to), headGram(reader, partner, to));
        const score = compositionScore(norm, circuit, reading, dModel);
        if (score !== undefined) own[to]?.push({ kind, layer: writer.layer, head, score });
      });
    }
    own.forEach((all, head) => append(found[head] ?? [], all.sort((a, b) => b.score - a.score).slice(0, listed)));
  }
  return found;
}
