import { inductionCurves, type NewInductionCurveRow } from '../../store/studies/induction.ts';
import { type Curves, measureCurves } from './induction/curves.ts';
import { design, sequencesFor } from './induction/sequences.ts';
import { filled, type Study } from './study.ts';

/**
 * Which heads attend by induction, and how long a match each needs. One forward pass of each sequence: 3,600 of 64
 * tokens, 230,400 tokens in all.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.3.
 */
export const inductionStudy: Study = {
  async run(job) {
    const sequences = sequencesFor(job.model, job.tokenizer, job.seed);
    const curves = await measureCurves(job, sequences);
    return {
      tables: [filled(inductionCurves, [...curveRows(curves, job.model.config.nHeads)])],
      settings: { ...design, length: sequences.length },
      verdict: 'measured',
      lines: [],
      notes: sequences.notes,
    };
  },
};

function* curveRows({ byHead }: Curves, nHeads: number): Generator<NewInductionCurveRow> {
  for (const [i, points] of byHead.entries()) {
    for (const { prefix, attention, attribution } of points) {
      yield {
        layer: Math.floor(i / nHeads),
        head: i % nHeads,
        prefix,
        examples: attention.count,
        attention: attention.mean,
        attention_low: attention.low,
        attention_high: attention.high,
        attribution: attribution.mean,
        attribution_low: attribution.low,
        attribution_high: attribution.high,
      };
    }
  }
}
