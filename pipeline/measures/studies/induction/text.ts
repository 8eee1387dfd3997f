import { append } from '../../../numbers/append.ts';
import { hash } from '../../../numbers/hash.ts';
import type { ContextFile } from '../../../record/context-file.ts';
import { spreadSample } from '../../../record/sample.ts';
import type { StudyJob } from '../study.ts';
import { type InductionPair, inductionPairs } from './maths/induction-pairs.ts';
import { inductionThresholds } from './maths/induction-verdict.ts';
import { tokensApart } from './ordinary-tokens.ts';
import type { AttentionAt, PatternReader } from './patterns.ts';

export const textDesign = {
  /** Contexts read, evenly spread over the text. */
  textContexts: 512,
  /** Strong edges of a head whose match is cut short, at most. */
  replacedEdges: 64,
  /** Prefixes of so many tokens or more are counted together. */
  longestPrefix: 10,
} as const;

/** An induction pair to which a head attends strongly. */
export interface Edge extends InductionPair {
  readonly context: number;
  readonly attention: number;
}

export interface TextEvidence {
  readonly contexts: number;
  /** Induction pairs by length of prefix, from 1 on. */
  readonly pairs: Float64Array;
  /** [head][prefix − 1]: pairs with strong attention, and the sum of attention over all pairs. */
  readonly strong: readonly Float64Array[];
  readonly attention: readonly Float64Array[];
  /** By head, for those asked for: strong edges to cut short. */
  readonly edges: ReadonlyMap<number, readonly Edge[]>;
}

/** Every head's attention on the induction pairs of text, and edges of some heads: one forward pass of each of `most` contexts. */
export async function measureText(
  job: Pick<StudyJob, 'model' | 'tokenizer' | 'seed' | 'effects'>,
  contexts: ContextFile,
  patterns: PatternReader,
  { sampled, most }: { readonly sampled: readonly number[]; readonly most: number },
): Promise<TextEvidence> {
  const { model, tokenizer, effects } = job;
  const heads = model.config.nLayers * model.config.nHeads;
  const chosen = [...spreadSample(contexts, most)];
  const count = chosen.length;
  const sums = new TextSums(heads);
  const sample = new EdgeSample(sampled, Math.ceil(textDesign.replacedEdges / count), job.seed);
  const apart = tokensApart(model, tokenizer);
  const progress = effects.progress('induction on text', count, 'contexts');
  for (let first = 0; first < count; first += patterns.rows) {
    const group = chosen.slice(first, first + patterns.rows);
    const attentionAt = await patterns.read(group.map(({ tokens }) => tokens));
    for (const [row, { context, tokens }] of group.entries()) {
      const pairs = inductionPairs(tokens, apart);
      sums.add(pairs, attentionAt, row);
      sample.add(context, pairs, attentionAt, row);
    }
    progress.update(first + group.length);
  }
  progress.end();
  return { contexts: count, ...sums, edges: sample.edges() };
}

class TextSums {
  readonly pairs = new Float64Array(textDesign.longestPrefix);
  readonly strong: readonly Float64Array[];
  readonly attention: readonly Float64Array[];

  constructor(heads: number) {
    this.strong = Array.from({ length: heads }, () => new Float64Array(textDesign.longestPrefix));
    this.attention = Array.from({ length: heads }, () => new Float64Array(textDesign.longestPrefix));
  }

  add(pairs: readonly InductionPair[], attentionAt: AttentionAt, row: number): void {
    for (const { destination, source, prefix } of pairs) {
      const bin = Math.min(prefix, textDesign.longestPrefix) - 1;
      this.pairs[bin] += 1;
      for (const [head, sums] of this.attention.entries()) {
        const value = attentionAt(row, head, destination, source);
        sums[bin] += value;
        const strong = this.strong[head];
        if (strong && value > inductionThresholds.attention) strong[bin] += 1;
      }
    }
  }
}

/** Strong edges with a match to cut and a token before it, drawn by least hash, so that neither batch nor order matters. */
class EdgeSample {
  readonly #perContext: number;
  readonly #seed: number;
  readonly #byHead: ReadonlyMap<number, Edge[]>;

  constructor(heads: readonly number[], perContext: number, seed: number) {
    this.#perContext = perContext;
    this.#seed = seed;
    this.#byHead = new Map(heads.map((head) => [head, []]));
  }

  add(context: number, pairs: readonly InductionPair[], attentionAt: AttentionAt, row: number): void {
    const cuttable = pairs.filter(({ prefix, source }) => prefix >= 2 && source - prefix - 1 >= 1);
    for (const [head, edges] of this.#byHead) {
      const own = cuttable
        .map((pair) => ({ ...pair, context, attention: attentionAt(row, head, pair.destination, pair.source) }))
        .filter(({ attention }) => attention > inductionThresholds.attention);
      append(edges, this.#drawn(own, this.#perContext));
    }
  }

  edges(): Map<number, Edge[]> {
    return new Map([...this.#byHead].map(([head, edges]) => [head, this.#drawn(edges, textDesign.replacedEdges)]));
  }

  #drawn(edges: readonly Edge[], most: number): Edge[] {
    const lot = ({ context, destination, source }: Edge) => hash(this.#seed, context, destination, source);
    return edges
      .map((edge) => ({ edge, at: lot(edge) }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most)
      .map(({ edge }) => edge);
  }
}
