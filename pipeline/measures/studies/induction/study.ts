import type { ContextFile } from '../../../record/context-file.ts';
import { budgetNote } from '../over-budget.ts';
import { filled, type Study, type StudyJob } from '../study.ts';
import { passesOf, replacedWithin, type StudySize, sizeWithin } from './afford.ts';
import { measureCurves } from './curves.ts';
import { judgeInduction } from './maths/induction-verdict.ts';
import { ordinaryTokens } from './ordinary-tokens.ts';
import { openPatterns } from './patterns.ts';
import { measureReplacements, type ReplacedEdge } from './replacements.ts';
import { curveRows, edgeRows, headRows } from './rows.ts';
import { design, sequenceShape, sequencesFor } from './sequences.ts';
import { inductionLines, inductionSentence } from './summary.ts';
import { inductionCurves, inductionEdges, inductionHeads } from './table.ts';
import { measureText, textDesign } from './text.ts';

/**
 * Which heads attend by induction, and how long a match each needs, on repeated prefixes and on text. Sequences through
 * the model: 3,600 of 64 tokens; 512 contexts of text; of each induction head at most 64 edges, twice. At GPT-2 Small's
 * size 230,400 + 65,536 + 16,384 tokens an induction head, 2.7 million if all 144 heads were.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.3.
 */
export const inductionStudy: Study = {
  async run(job) {
    const { nHeads } = job.model.config;
    const ordinary = ordinaryTokens(job.model, job.tokenizer);
    const passes = passesOf(job, sequenceShape(job.model, ordinary));
    const size = sizeWithin(job.limit, passes);
    const sequences = sequencesFor(job.model, ordinary, job.seed, size.examples);
    const curves = await measureCurves(job, sequences);
    const judged = curves.byHead.map(judgeInduction);
    const heads = judged.flatMap(({ halfPrefix }, head) => (halfPrefix === undefined ? [] : [head]));
    const text = job.contexts && (await openText(job, job.contexts, size.textContexts, heads));
    const left = job.limit === undefined ? undefined : job.limit - job.cost.forwardTokens;
    const replacedEdges = replacedWithin(left, heads.length, passes);
    const found = text && { ...text, replaced: await cutShort(job, text, ordinary, replacedEdges) };
    await text?.patterns.dispose();
    const [points, rows] = [curveRows(curves, nHeads), headRows(judged, curves, found, nHeads)];
    return {
      tables: [
        filled(inductionCurves, points),
        filled(inductionHeads, rows),
        filled(inductionEdges, edgeRows(found, nHeads)),
      ],
      settings: {
        ...{ ...design, length: sequences.length, prefixes: sequences.prefixes, examples: size.examples },
        ...{ ...textDesign, replacedEdges },
        ...{ textContexts: found?.evidence.contexts ?? 0, textContextsOf: found?.contexts.count ?? 0 },
      },
      verdict: inductionSentence(judged, nHeads),
      lines: inductionLines(rows),
      notes: [
        ...sequences.notes,
        ...budgetNotes(job, { ...size, replacedEdges }),
        ...(found ? [] : ['no text was given, so attention on text was not measured']),
      ],
    };
  },
};

/** All heads on text, and strong edges of some; its patterns are to be disposed of. */
async function openText(job: StudyJob, contexts: ContextFile, most: number, sampled: readonly number[]) {
  const patterns = await openPatterns(job, contexts.length);
  return { patterns, contexts, evidence: await measureText(job, contexts, patterns, { sampled, most }) };
}

/** The matches of the edges cut short, so many of each head at most: the first of those drawn. */
function cutShort(
  job: StudyJob,
  { patterns, contexts, evidence }: Awaited<ReturnType<typeof openText>>,
  ordinary: Int32Array,
  most: number,
): Promise<ReplacedEdge[]> {
  const edges = new Map([...evidence.edges].map(([head, own]) => [head, own.slice(0, most)]));
  return measureReplacements(job, contexts, patterns, ordinary, edges);
}

/** What a budget has left of the design. */
function budgetNotes(
  { limit, contexts }: Pick<StudyJob, 'limit' | 'contexts'>,
  { examples, textContexts, replacedEdges }: StudySize & { readonly replacedEdges: number },
): string[] {
  if (limit === undefined) return [];
  const text = Math.min(textDesign.textContexts, contexts?.count ?? 0);
  const less = [
    ...(examples < design.examples ? [`${examples} sequences of a prefix, not ${design.examples}`] : []),
    ...(textContexts < text ? [`${textContexts} contexts of text, not ${text}`] : []),
    ...(replacedEdges < textDesign.replacedEdges
      ? [`at most ${replacedEdges} edges of a head cut short, not ${textDesign.replacedEdges}`]
      : []),
  ];
  return budgetNote(limit, less);
}
