import { MeanInterval, type MeanWithInterval } from '../../../numbers/mean-interval.ts';
import type { ContextFile } from '../../../record/context-file.ts';
import type { Curves } from './curves.ts';
import type { JudgedCurve } from './maths/induction-verdict.ts';
import type { ReplacedEdge } from './replacements.ts';
import type { NewInductionCurveRow, NewInductionEdgeRow, NewInductionHeadRow } from './table.ts';
import type { TextEvidence } from './text.ts';

export interface TextFindings {
  readonly evidence: TextEvidence;
  readonly replaced: readonly ReplacedEdge[];
  readonly contexts: ContextFile;
}

/** Tokens shown before the source and before the destination. */
const shown = 8;

export function curveRows({ byHead }: Curves, nHeads: number): NewInductionCurveRow[] {
  return byHead.flatMap((points, i) =>
    points.map(({ prefix, attention, attribution }) => ({
      ...placeOf(i, nHeads),
      prefix,
      examples: attention.count,
      attention: attention.mean,
      attention_low: attention.low,
      attention_high: attention.high,
      attribution: attribution.mean,
      attribution_low: attribution.low,
      attribution_high: attribution.high,
    })),
  );
}

export function headRows(
  judged: readonly JudgedCurve[],
  { byHead }: Curves,
  text: TextFindings | undefined,
  nHeads: number,
): NewInductionHeadRow[] {
  const edges = Map.groupBy(text?.replaced ?? [], ({ head }) => head);
  return judged.map(({ verdict, greatest, halfPrefix }, i) => {
    const own = edges.get(i) ?? [];
    const mean = (of: (edge: ReplacedEdge) => number) => (own.length > 0 ? boundsOf(meanOf(own.map(of))) : null);
    return {
      ...placeOf(i, nHeads),
      verdict,
      one_token: byHead[i].at(0)?.attention.mean ?? null,
      greatest: greatest?.attention.mean ?? null,
      greatest_prefix: greatest?.prefix ?? null,
      half_prefix: halfPrefix ?? null,
      ...textColumns(text?.evidence, i),
      replaced: own.length,
      before: mean(({ attention }) => attention),
      after: mean(({ after }) => after),
      control: mean(({ control }) => control),
    };
  });
}

function textColumns(evidence: TextEvidence | undefined, head: number) {
  if (!evidence) return { text_pairs: null, text_edges: null, text_attention: null };
  const { pairs, strong, attention } = evidence;
  const means = pairs.map((count, i) => (count > 0 ? attention[head][i] / count : 0));
  return { text_pairs: pairs, text_edges: strong[head], text_attention: means };
}

export function edgeRows(text: TextFindings | undefined, nHeads: number): NewInductionEdgeRow[] {
  if (!text) return [];
  const ranks = new Map<number, number>();
  const byHead = text.replaced.toSorted((a, b) => a.head - b.head);
  return byHead.map(({ head, context, source, destination, ...edge }) => {
    const rank = ranks.get(head) ?? 0;
    ranks.set(head, rank + 1);
    const tokens = text.contexts.tokensOf(context);
    const upTo = (position: number) => tokens.slice(Math.max(1, position + 1 - shown), position + 1);
    const { prefix, attention, after, control, replacement } = edge;
    return {
      ...{ ...placeOf(head, nHeads), rank, context, source, destination },
      ...{ prefix, attention, after, control, replacement },
      source_tokens: upTo(source),
      destination_tokens: upTo(destination),
    };
  });
}

function meanOf(values: readonly number[]): MeanWithInterval {
  const sum = new MeanInterval();
  for (const value of values) sum.add(value);
  return sum.value;
}

/** An interval of attention, which lies in 0…1 even where a single edge gives it no bounds. */
function boundsOf({ mean, low, high }: MeanWithInterval) {
  return { mean, low: Math.max(0, low), high: Math.min(1, high) };
}

const placeOf = (i: number, nHeads: number) => ({ layer: Math.floor(i / nHeads), head: i % nHeads });
