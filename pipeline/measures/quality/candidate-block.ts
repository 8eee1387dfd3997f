import { type CompiledBy, type Engine, floatSpec, intSpec, program } from '../../engine/program.ts';
import { type FloatTensor, float32, type IntTensor } from '../../numbers/tensor.ts';
import { someRows } from '../../numbers/tensor-rows.ts';
import type { Near } from '../neighbours/maths/kept-nearest.ts';
import { cosinesOf, greatestCosines, higherTwins, nearTwinCosine } from './maths/nearest-cosines.ts';

/** The greatest cosines of some rows, with candidates by their places: [row, k] each. */
interface Greatest {
  readonly values: FloatTensor;
  readonly ids: IntTensor;
}

export function* greatestOf({ values, ids }: Greatest, row: number, first: number): Generator<Near> {
  const k = values.shape[1];
  for (let i = row * k; i < (row + 1) * k; i++) yield { other: first + ids.data[i], value: values.data[i] };
}

export interface ComparedSae {
  readonly engine: Engine;
  readonly id: string;
  /** [dSae, dIn] */
  readonly unit: FloatTensor;
  /** By feature, 1 where it is. */
  readonly alive: Uint8Array;
  /** Nearest alive ones wanted of each, and rows compared at once. */
  readonly wanted: number;
  readonly rows: number;
}

/** Some features of an SAE, with which others are compared. */
export class CandidateBlock {
  readonly #sae: ComparedSae;
  readonly #first: number;
  readonly #candidates: FloatTensor;
  readonly #greatest: CompiledBy<typeof greatestProgram>;
  /** Compiled where the greatest cosines do not tell how many twins there are. */
  #twins: CompiledBy<typeof twinsProgram> | undefined;

  private constructor(
    sae: ComparedSae,
    first: number,
    candidates: FloatTensor,
    greatest: CompiledBy<typeof greatestProgram>,
  ) {
    this.#sae = sae;
    this.#first = first;
    this.#candidates = candidates;
    this.#greatest = greatest;
  }

  static async open(sae: ComparedSae, first: number, count: number): Promise<CandidateBlock> {
    const candidates = someRows(sae.unit, first, count);
    const own = sae.alive.subarray(first, first + count);
    const areAlive = sae.wanted > 0 && own.includes(0) ? float32([count], Float32Array.from(own)) : undefined;
    // One more where a feature is among the candidates itself.
    const k = Math.min(count, Math.max(1, sae.wanted) + 1);
    const program = greatestProgram(sae.id, candidates, areAlive, { rows: sae.rows, k });
    return new CandidateBlock(sae, first, candidates, await sae.engine.compile(program));
  }

  /** Compares rows from the own-th feature on; `twins` tells of a row how many candidates of higher number are near twins. */
  async compare(own: number) {
    const rows = this.#rows(own);
    const { all, alive } = await this.#greatest({ rows });
    const k = all.values.shape[1];
    const [count] = this.#candidates.shape;
    const isShort = (row: number) => k < count && all.values.data[(row + 1) * k - 1] > nearTwinCosine;
    const counted = Array.from({ length: this.#sae.rows }, (_, row) => row).some(isShort)
      ? (await this.#countTwins(rows, own)).data
      : undefined;
    const listed = (row: number) =>
      [...greatestOf(all, row, this.#first)].filter(({ other, value }) => value > nearTwinCosine && other > own + row);
    return { ofAll: all, ofAlive: alive, twins: (row: number) => counted?.[row] ?? listed(row).length };
  }

  async dispose(): Promise<void> {
    await this.#greatest.dispose();
    await this.#twins?.dispose();
  }

  /** Past the last feature come zeros. */
  #rows(own: number): FloatTensor {
    const { unit, rows } = this.#sae;
    const [dSae, dIn] = unit.shape;
    const some = float32([rows, dIn]);
    some.data.set(someRows(unit, own, Math.min(rows, dSae - own)).data);
    return some;
  }

  async #countTwins(rows: FloatTensor, own: number): Promise<FloatTensor> {
    const numbers = (first: number, count: number) =>
      float32(
        [count],
        Float32Array.from({ length: count }, (_, i) => first + i),
      );
    const others = numbers(this.#first, this.#candidates.shape[0]);
    this.#twins ??= await this.#sae.engine.compile(
      twinsProgram(this.#sae.id, this.#candidates, others, this.#sae.rows),
    );
    return (await this.#twins({ rows, self: numbers(own, this.#sae.rows) })).twins;
  }
}

/** rows → the k candidates of greatest cosine, and of those that are alive where not all are. */
function greatestProgram(
  id: string,
  candidates: FloatTensor,
  areAlive: FloatTensor | undefined,
  { rows, k }: { readonly rows: number; readonly k: number },
) {
  const [, dIn] = candidates.shape;
  const greatest = { values: floatSpec(rows, k), ids: intSpec(rows, k) };
  return program({
    name: `cosines of decoder rows of ${id}`,
    inputs: { rows: floatSpec(rows, dIn) },
    outputs: { all: greatest, alive: greatest },
    weights: { candidates, ...(areAlive && { areAlive }) },
    body({ rows: own }, weights) {
      const cosines = cosinesOf(own, weights.candidates);
      const all = greatestCosines(cosines, k);
      return { all, alive: areAlive ? greatestCosines(cosines, k, weights.areAlive) : all };
    },
  });
}

/** rows and their numbers → higherTwins of them. */
function twinsProgram(id: string, candidates: FloatTensor, others: FloatTensor, rows: number) {
  const [, dIn] = candidates.shape;
  return program({
    name: `twins of ${id}`,
    inputs: { rows: floatSpec(rows, dIn), self: floatSpec(rows) },
    outputs: { twins: floatSpec(rows) },
    weights: { candidates, others },
    body: ({ rows: own, self }, weights) => ({
      twins: higherTwins(cosinesOf(own, weights.candidates), self, weights.others),
    }),
  });
}
