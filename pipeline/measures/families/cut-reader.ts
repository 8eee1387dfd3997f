import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import { float32, int32 } from '../../numbers/tensor.ts';
import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import { encodeProgram, lastInputsProgram, placeName } from '../../record/programs.ts';
import type { Sae } from '../../sae/sae.ts';

/** A feature at a token whose context is to be cut. */
export interface Cut {
  readonly sae: Sae;
  readonly feature: number;
  /** context · length + position */
  readonly token: number;
}

export interface CutReaderOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly contexts: ContextFile;
}

/** Tokens of a forward pass, about. */
const tokensPerPass = 1024;
/** What an SAE encodes at once. */
const encodedRows = 64;

/** Cut contexts of one pass, where there are so many: the fewest passes have equally many, since empty rows cost as much. */
function rowsOf(length: number, texts: number): number {
  const most = Math.max(1, Math.floor(tokensPerPass / (length + 1)));
  return Math.ceil(texts / Math.max(1, Math.ceil(texts / most)));
}

/** Rows of all passes over so many texts. */
function paddedRows(length: number, texts: number): number {
  const rows = rowsOf(length, texts);
  return Math.ceil(texts / rows) * rows;
}

/**
 * Activations in contexts cut short, by running the model on them. Equal cuts are run once, whichever features, of whichever
 * SAEs, are read there; a pass ends at the deepest layer that is read of its cuts.
 */
export class CutReader {
  readonly #options: CutReaderOptions;
  readonly #encoders = new Map<Sae, CompiledBy<typeof encodeProgram>>();
  readonly cost = { forwardPasses: 0, forwardTokens: 0 };

  constructor(options: CutReaderOptions) {
    this.#options = options;
  }

  /** Activations with the context cut to its last `length` tokens, of the cuts whose context is longer. */
  async read<T extends Cut>(
    length: number,
    cuts: readonly T[],
    report?: (share: number) => void,
  ): Promise<Map<T, number>> {
    const { contexts } = this.#options;
    const longer = cuts.filter(({ token }) => positionOfToken(token, contexts.length) > length);
    const measured = new Map<T, number>();
    const groups = byText(longer, (cut) => cutContext(contexts, cut.token, length));
    const byLayer = [...Map.groupBy(groups, deepestOf)].toSorted(([a], [b]) => a - b);
    let done = 0;
    for (const [, own] of byLayer) {
      await this.#readGroups(length, own, measured, (count) => report?.((done + count) / groups.length));
      done += own.length;
    }
    return measured;
  }

  /** The first of some cuts, in the order given, that can be read for so many forward tokens. */
  affordable<T extends Cut>(cuts: readonly T[], lengths: readonly number[], tokens: number): T[] {
    const { contexts } = this.#options;
    const costs = lengths.map((length) => new CutCost(length));
    const within = cuts.findIndex((cut) => {
      const isLonger = (length: number) => positionOfToken(cut.token, contexts.length) > length;
      const own = costs.filter(({ length }) => isLonger(length));
      for (const cost of own) cost.add(cutContext(contexts, cut.token, cost.length).join(' '), cut.sae.layer);
      return costs.reduce((sum, cost) => sum + cost.tokens, 0) > tokens;
    });
    return within < 0 ? [...cuts] : cuts.slice(0, within);
  }

  async dispose(): Promise<void> {
    for (const encoder of this.#encoders.values()) await encoder.dispose();
    this.#encoders.clear();
  }

  /** Of cuts whose passes end at one layer. */
  async #readGroups<T extends Cut>(
    length: number,
    groups: readonly TextGroup<T>[],
    measured: Map<T, number>,
    report: (groups: number) => void,
  ): Promise<void> {
    const { engine, model } = this.#options;
    const rows = rowsOf(length, groups.length);
    const saes = [...new Set(groups.flatMap(({ sharing }) => sharing.map(({ sae }) => sae)))];
    const queues = saes.map((sae) => new EncodingQueue<T>(sae, measured));
    const run = await engine.compile(lastInputsProgram(model, saes, rows, length + 1));
    for (let first = 0; first < groups.length; first += rows) {
      const block = groups.slice(first, first + rows);
      const tokens = int32([rows, length + 1]);
      for (const [row, { text }] of block.entries()) tokens.data.set(text, row * (length + 1));
      const { places } = await run({ tokens });
      this.cost.forwardPasses++;
      this.cost.forwardTokens += rows * (length + 1);
      for (const queue of queues) {
        const x = places[placeName(queue.sae)].data;
        const { dIn } = queue.sae;
        for (const [row, { sharing }] of block.entries()) {
          const own = sharing.filter(({ sae }) => sae === queue.sae);
          if (own.length === 0) continue;
          queue.add(x.subarray(row * dIn, (row + 1) * dIn), own);
          if (queue.isFull) await queue.encode(await this.#encoder(queue.sae));
        }
      }
      report(first + block.length);
    }
    for (const queue of queues) await queue.encode(await this.#encoder(queue.sae));
    await run.dispose();
  }

  async #encoder(sae: Sae): Promise<CompiledBy<typeof encodeProgram>> {
    const known = this.#encoders.get(sae);
    if (known) return known;
    const compiled = await this.#options.engine.compile(encodeProgram(sae, encodedRows));
    this.#encoders.set(sae, compiled);
    return compiled;
  }
}

/** What an SAE read at the ends of some cuts, until there is enough to be encoded together. */
class EncodingQueue<T extends Cut> {
  readonly sae: Sae;
  readonly #measured: Map<T, number>;
  readonly #x;
  readonly #f;
  #waiting: (readonly T[])[] = [];

  constructor(sae: Sae, measured: Map<T, number>) {
    this.sae = sae;
    this.#measured = measured;
    this.#x = float32([encodedRows, sae.dIn]);
    this.#f = float32([encodedRows, sae.dSae]);
  }

  get isFull(): boolean {
    return this.#waiting.length === encodedRows;
  }

  add(x: Float32Array, sharing: readonly T[]): void {
    this.#x.data.set(x, this.#waiting.length * this.sae.dIn);
    this.#waiting.push(sharing);
  }

  async encode(encoder: CompiledBy<typeof encodeProgram>): Promise<void> {
    if (this.#waiting.length === 0) return;
    await encoder({ x: this.#x }, { f: this.#f });
    for (const [row, sharing] of this.#waiting.entries()) {
      for (const cut of sharing) this.#measured.set(cut, this.#f.data[row * this.sae.dSae + cut.feature]);
    }
    this.#waiting = [];
  }
}

/** The forward tokens of cuts to one length: whole passes to each layer at which one ends. */
class CutCost {
  readonly length: number;
  readonly #deepest = new Map<string, number>();
  readonly #texts = new Map<number, number>();

  constructor(length: number) {
    this.length = length;
  }

  get tokens(): number {
    const rows = [...this.#texts.values()].filter((texts) => texts > 0).map((texts) => paddedRows(this.length, texts));
    return rows.reduce((sum, own) => sum + own * (this.length + 1), 0);
  }

  add(text: string, layer: number): void {
    const known = this.#deepest.get(text);
    if (known !== undefined && known >= layer) return;
    if (known !== undefined) this.#count(known, -1);
    this.#count(layer, 1);
    this.#deepest.set(text, layer);
  }

  #count(layer: number, change: number): void {
    this.#texts.set(layer, (this.#texts.get(layer) ?? 0) + change);
  }
}

interface TextGroup<T> {
  readonly text: Int32Array;
  readonly sharing: T[];
}

const deepestOf = ({ sharing }: TextGroup<Cut>): number => greatest(sharing.map(({ sae }) => sae.layer));

/** Cuts that are the same tokens, together; ordered by their first token. */
function byText<T extends Cut>(cuts: readonly T[], textOf: (cut: T) => Int32Array): TextGroup<T>[] {
  const groups = new Map<string, TextGroup<T>>();
  for (const cut of cuts.toSorted((a, b) => a.token - b.token)) {
    const text = textOf(cut);
    const key = text.join(' ');
    const group = groups.get(key);
    if (group) group.sharing.push(cut);
    else groups.set(key, { text, sharing: [cut] });
  }
  return [...groups.values()];
}

/** BOS, then the `length` tokens that end at a token. */
function cutContext(contexts: ContextFile, token: number, length: number): Int32Array {
  const whole = contexts.tokensOf(contextOfToken(token, contexts.length));
  const end = positionOfToken(token, contexts.length) + 1;
  return Int32Array.from([whole[0], ...whole.subarray(end - length, end)]);
}
