import { hash } from '../../../numbers/hash.ts';
import type { ContextFile } from '../../../record/context-file.ts';
import type { StudyJob } from '../study.ts';
import type { PatternReader } from './patterns.ts';
import type { Edge } from './text.ts';

/** A strong edge, read again in two changed contexts. */
export interface ReplacedEdge extends Edge {
  readonly head: number;
  /** Attention with the token two before the source replaced, so that a single token still matches. */
  readonly after: number;
  /** Attention with the token before the match replaced instead, which leaves the match as it was. */
  readonly control: number;
  /** The tokens put there. */
  readonly replacement: number;
  readonly controlReplacement: number;
}

/** One changed context, and the edges to read in it. */
interface Edit {
  readonly tokens: Int32Array;
  readonly reads: { readonly edge: number; readonly isControl: boolean }[];
}

/** Cuts the match of every edge to one token: at most two forward passes of a context an edge; edges share contexts. */
export async function measureReplacements(
  { seed, effects }: Pick<StudyJob, 'seed' | 'effects'>,
  contexts: ContextFile,
  patterns: PatternReader,
  ordinary: Int32Array,
  edges: ReadonlyMap<number, readonly Edge[]>,
): Promise<ReplacedEdge[]> {
  const { planned, edits } = plan(contexts, ordinary, edges, seed);
  if (planned.length === 0) return [];
  const results = planned.map((edge) => ({ ...edge, after: Number.NaN, control: Number.NaN }));
  const progress = effects.progress('shortened matches', edits.length, 'contexts');
  for (let first = 0; first < edits.length; first += patterns.rows) {
    const group = edits.slice(first, first + patterns.rows);
    const attentionAt = await patterns.read(group.map(({ tokens }) => tokens));
    for (const [row, { reads }] of group.entries()) {
      for (const { edge, isControl } of reads) {
        const result = results[edge];
        if (!result) continue;
        const attention = attentionAt(row, result.head, result.destination, result.source);
        if (isControl) result.control = attention;
        else result.after = attention;
      }
    }
    progress.update(first + group.length);
  }
  progress.end();
  return results;
}

type PlannedEdge = Omit<ReplacedEdge, 'after' | 'control'>;

/** What to replace by what; an edge for which the vocabulary has no other token is left out. */
function plan(
  contexts: ContextFile,
  ordinary: Int32Array,
  edges: ReadonlyMap<number, readonly Edge[]>,
  seed: number,
): { planned: PlannedEdge[]; edits: Edit[] } {
  const planned: PlannedEdge[] = [];
  const edits = new Map<string, Edit>();
  function edit(context: number, position: number, token: number, read: Edit['reads'][number]): void {
    const key = `${context} ${position} ${token}`;
    const known = edits.get(key) ?? { tokens: contexts.tokensOf(context).slice(), reads: [] };
    known.tokens[position] = token;
    known.reads.push(read);
    edits.set(key, known);
  }
  for (const [head, own] of edges) {
    for (const edge of own) {
      const { context, source, destination, prefix } = edge;
      const tokens = contexts.tokensOf(context);
      const other = (position: number, unlike: number) =>
        otherToken(ordinary, hash(seed, context, position), [tokens[position], tokens[unlike]]);
      const [cut, before] = [source - 2, source - 1 - prefix];
      const replacement = other(cut, destination - 1);
      const controlReplacement = other(before, destination - prefix);
      if (replacement === undefined || controlReplacement === undefined) continue;
      edit(context, cut, replacement, { edge: planned.length, isControl: false });
      edit(context, before, controlReplacement, { edge: planned.length, isControl: true });
      planned.push({ ...edge, head, replacement, controlReplacement });
    }
  }
  return { planned, edits: [...edits.values()] };
}

/** The first token from a place in the list on that is none of some. */
function otherToken(ordinary: Int32Array, from: number, but: readonly (number | undefined)[]): number | undefined {
  const start = from % Math.max(1, ordinary.length);
  const turned = [...ordinary.subarray(start, start + but.length + 1), ...ordinary.subarray(0, but.length + 1)];
  return turned.find((token) => !but.includes(token));
}
