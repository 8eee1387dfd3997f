import type { LogitTerm } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import type { ExplainedLogit } from '../protocol.ts';

/** A named sum of some parts of a logit. */
export interface LogitPart {
  readonly name: string;
  readonly attribution: number;
}

const kindNames = [
  ['Features', ['feature']],
  ['SAE errors', ['error']],
  ['Attention without an SAE', ['attention']],
  ['MLPs', ['mlp']],
  ['Embeddings', ['embedding', 'position']],
  ['Biases', ['decoder_bias', 'folded_bias', 'output_bias', 'unembedding_bias']],
] as const;

/** A logit's terms summed by kind; kinds that the model does not have are left out. */
export function partsByKind({ terms }: Pick<ExplainedLogit, 'terms'>): LogitPart[] {
  return kindNames.flatMap(([name, kinds]) => {
    const own = terms.filter(({ component }) => kinds.some((kind) => kind === component.kind));
    return own.length === 0 ? [] : [{ name, attribution: sumOf(own) }];
  });
}

/** What each head adds [layer][head], and what else does, which with the heads sums to the logit. */
export interface LogitByHead {
  readonly heads: readonly (readonly number[])[];
  readonly outputBiases: readonly number[];
  readonly mlps: readonly number[];
  /** Embeddings and unembedding bias. */
  readonly others: readonly LogitPart[];
  /** Of one head, by magnitude. */
  readonly largest: number;
}

export function byHead({ terms, byHead: values, outputBias }: ExplainedLogit): LogitByHead {
  const nLayers = outputBias.length;
  const nHeads = values.length / nLayers;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const ofKind = (...kinds: readonly string[]) => terms.filter(({ component }) => kinds.includes(component.kind));
  const mlps = layers.map((layer) => sumOf(ofKind('mlp').filter(({ component }) => component.layer === layer)));
  return {
    heads: layers.map((layer) => [...values.subarray(layer * nHeads, (layer + 1) * nHeads)]),
    outputBiases: [...outputBias],
    mlps,
    others: [
      { name: 'embeddings', attribution: sumOf(ofKind('embedding', 'position')) },
      { name: 'unembedding bias', attribution: sumOf(ofKind('unembedding_bias')) },
    ],
    largest: greatest([...values, ...mlps].map(Math.abs), Number.MIN_VALUE),
  };
}

/** Terms from the strongest, and what those that are not shown sum to. */
export interface ShownTerms {
  readonly shown: readonly LogitTerm[];
  readonly hiddenCount: number;
  readonly remainder: number;
}

export function strongestTerms({ terms }: Pick<ExplainedLogit, 'terms'>, most: number): ShownTerms {
  const sorted = terms
    .filter(({ attribution }) => attribution !== 0)
    .toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
  const hidden = sorted.slice(most);
  return { shown: sorted.slice(0, most), hiddenCount: hidden.length, remainder: sumOf(hidden) };
}

export function sumOf(parts: readonly { readonly attribution: number }[]): number {
  return parts.reduce((sum, { attribution }) => sum + attribution, 0);
}
