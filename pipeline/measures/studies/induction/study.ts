import { filled, type Study, type StudyJob } from '../study.ts';
import { measureCurves } from './curves.ts';
import { type JudgedCurve, judgeInduction } from './maths/induction-verdict.ts';
import { ordinaryTokens } from './ordinary-tokens.ts';
import { openPatterns } from './patterns.ts';
import { measureReplacements } from './replacements.ts';
import { curveRows, edgeRows, headRows, type TextFindings } from './rows.ts';
import { design, sequencesFor } from './sequences.ts';
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
    const sequences = sequencesFor(job.model, ordinary, job.seed);
    const curves = await measureCurves(job, sequences);
    const judged = curves.byHead.map(judgeInduction);
    const text = job.contexts && (await studyText(job, job.contexts, judged, ordinary));
    const notes = [...sequences.notes, ...(text ? [] : ['no text was given, so attention on text was not measured'])];
    const [points, heads] = [curveRows(curves, nHeads), headRows(judged, curves, text, nHeads)];
    return {
      tables: [
        filled(inductionCurves, points),
        filled(inductionHeads, heads),
        filled(inductionEdges, edgeRows(text, nHeads)),
      ],
      settings: {
        ...{ ...design, length: sequences.length, prefixes: sequences.byPrefix.length },
        ...{ ...textDesign, textContexts: text?.evidence.contexts ?? 0, textContextsOf: text?.contexts.count ?? 0 },
      },
      verdict: inductionSentence(judged, nHeads),
      lines: inductionLines(heads),
      notes,
    };
  },
};

/** All heads on text; the matches of those that attend by induction, or may, are cut short. */
async function studyText(
  job: StudyJob,
  contexts: NonNullable<StudyJob['contexts']>,
  judged: readonly JudgedCurve[],
  ordinary: Int32Array,
): Promise<TextFindings> {
  const patterns = await openPatterns(job, contexts.length);
  const heads = judged.flatMap(({ halfPrefix }, head) => (halfPrefix === undefined ? [] : [head]));
  const evidence = await measureText(job, contexts, patterns, heads);
  const replaced = await measureReplacements(job, contexts, patterns, ordinary, evidence.edges);
  await patterns.dispose();
  return { evidence, replaced, contexts };
}
