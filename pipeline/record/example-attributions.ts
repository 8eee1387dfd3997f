import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { contextOfToken, positionOfToken } from '../numbers/token-place.ts';
import type { AttributionLog, AttributionRows } from './attribution-log.ts';
import type { Attributor } from './attributor.ts';
import { noRecord, type TopExamples } from './top-examples.ts';

/** One context's attention at one layer. */
export interface ContextAttention {
  /** [head, t, s] */
  readonly pattern: FloatTensor;
  /** [head, s, dHead] */
  readonly value: FloatTensor;
}

/** An activation that is among the top. */
export interface Admitted {
  readonly feature: number;
  readonly token: number;
}

interface Parts {
  /** The SAE's. */
  readonly id: string;
  /** Tokens of a context. */
  readonly length: number;
  readonly top: TopExamples;
  readonly attributor: Attributor;
  readonly log: AttributionLog;
}

/** The attributions of an SAE's top examples: computed when an example enters the top, or later, stored, and found by its record. */
export class ExampleAttributions {
  readonly log: AttributionLog;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.log = parts.log;
    this.#parts = parts;
  }

  /** Computes and stores those of some top examples, context by context: they come in the order of their tokens. */
  async compute(attentionOf: (context: number) => ContextAttention, admitted: readonly Admitted[]): Promise<void> {
    const { length, attributor } = this.#parts;
    for (let at = 0; at < admitted.length; ) {
      const context = contextOfToken(admitted[at].token, length);
      let end = at;
      while (end < admitted.length && contextOfToken(admitted[end].token, length) === context) end++;
      const examples = admitted
        .slice(at, end)
        .map(({ feature, token }) => ({ feature, position: positionOfToken(token, length) }));
      const { pattern, value } = attentionOf(context);
      for await (const rows of attributor.attribute(pattern, value, examples)) {
        const { length: count } = rows.outputBias;
        this.store(admitted.slice(at, at + count), rows);
        at += count;
      }
    }
  }

  /** Stores those of some examples, in their order. */
  store(examples: readonly Admitted[], rows: AttributionRows): void {
    const { top } = this.#parts;
    const record = this.#append(rows, examples[0]);
    examples.forEach(({ feature, token }, i) => top.setRecord(feature, token, record + i));
  }

  /** The same of examples told by their places in the top's state, which no longer changes. */
  storeAt(places: Uint32Array, rows: AttributionRows): void {
    const { k, state } = this.#parts.top;
    const record = this.#append(rows, { feature: Math.floor(places[0] / k), token: state.tokens[places[0]] });
    places.forEach((place, i) => {
      state.records[place] = record + i;
    });
  }

  /** A feature's top examples of several parts of a corpus: the largest of them all, with the attributions that are stored. */
  join(feature: number, parts: readonly { readonly top: TopExamples; readonly log: AttributionLog }[]): void {
    const { top, log: own } = this.#parts;
    const examples = parts.flatMap(({ top: part, log }) => part.of(feature).map((example) => ({ ...example, log })));
    // A stable order by activation keeps that of the parts, and with it that of the tokens.
    for (const { token, value, record, log } of examples.sort((a, b) => b.value - a.value).slice(0, top.k)) {
      top.add(feature, token, value);
      if (record !== noRecord) top.setRecord(feature, token, own.appendRecord(log, record));
    }
  }

  /** Places in the top's state, by token, of examples whose attribution is not stored yet. */
  missing(): Uint32Array {
    const { k, state } = this.#parts.top;
    const { sizes, tokens, records } = state;
    const places = new Uint32Array(records.length);
    let count = 0;
    for (let feature = 0; feature < sizes.length; feature++) {
      for (let place = feature * k; place < feature * k + sizes[feature]; place++) {
        if (records[place] === noRecord) places[count++] = place;
      }
    }
    return places.slice(0, count).sort((a, b) => tokens[a] - tokens[b] || a - b);
  }

  #append(rows: AttributionRows, first: Admitted): number {
    for (const part of Object.values<Float32Array>({ ...rows })) this.#requireFinite(part, first);
    return this.log.append(rows);
  }

  /** Writes the living ones anew where less than half of what is stored can be living. */
  async compact(): Promise<void> {
    const { log, top } = this.#parts;
    const { records, sizes } = top.state;
    if (log.records <= 2 * sizes.length * top.k) return;
    const living = [...sizes.keys()]
      .flatMap((feature) => top.of(feature).map(({ record }) => record))
      .filter((record) => record !== noRecord)
      .sort((a, b) => a - b);
    await log.compact(living);
    const renumbered = new Map(living.map((record, i) => [record, i]));
    for (let i = 0; i < records.length; i++) records[i] = renumbered.get(records[i]) ?? records[i];
  }

  /** Gives back the memory that computing them took. */
  release(): Promise<void> {
    return this.#parts.attributor.dispose();
  }

  async close(): Promise<void> {
    await Promise.all([this.release(), this.log.close()]);
  }

  #requireFinite(values: Float32Array, { feature, token }: Admitted): void {
    const bad = firstNonFinite(values);
    if (bad < 0) return;
    const { id, length } = this.#parts;
    throw notFinite(`attribution, of feature ${feature} or a following one,`, { id, token, length }, values[bad]);
  }
}

/** Says of which SAE, and where in the run, a number is not finite. */
export function notFinite(
  what: string,
  { id, token, length }: { readonly id: string; readonly token: number; readonly length: number },
  value: number | undefined,
): NonFinite {
  const place = `context ${contextOfToken(token, length)}, position ${positionOfToken(token, length)}`;
  return new NonFinite(`${what} of sae ${id} at ${place}`, value);
}
