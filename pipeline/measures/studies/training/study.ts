import { filled, type Study, type StudyResult } from '../study.ts';
import { type CurvePoint, readCurve } from './curve-file.ts';
import { type CopyingOnset, copyingGain, copyingOnset } from './maths/copying-onset.ts';
import { trainingCurve } from './table.ts';

/**
 * How the model came to copy, by the curve that its training left in its folder: no forward passes.
 * Source: Olsson et al. 2022, arXiv:2209.11895, section "phase change".
 */
export const trainingStudy: Study = {
  async run({ modelDir }): Promise<StudyResult> {
    const curve = await readCurve(modelDir);
    const onset = copyingOnset(curve);
    return {
      tables: [filled(trainingCurve, curve)],
      settings: { points: curve.length },
      verdict: onset ? onsetSentence(onset, curve) : noOnsetSentence(curve),
      lines: onset ? onsetLines(onset) : [],
      notes: [],
    };
  },
};

const nats = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const millions = (tokens: number) => `${(tokens / 1e6).toFixed(2)} million`;

function onsetSentence(
  { gain, tenth, half, nineTenths }: CopyingOnset<CurvePoint>,
  curve: readonly CurvePoint[],
): string {
  const all = curve.at(-1)?.tokens ?? 0;
  const share = Math.round((100 * (half.tokens - tenth.tokens)) / Math.max(1, all));
  return (
    `A token of a repeated random sequence costs this model ${nats(gain)} nats less than the first time. ` +
    `From a tenth to half of that it took from ${millions(tenth.tokens)} to ${millions(half.tokens)} tokens, ${share}% of the training’s ${millions(all)}; nine tenths came by ${millions(nineTenths.tokens)}.`
  );
}

function noOnsetSentence(curve: readonly CurvePoint[]): string {
  const gains = curve.map(copyingGain).filter((gain) => gain !== null);
  const last = gains.at(-1);
  return last === undefined
    ? 'The training’s curve does not say how the model copies.'
    : `The model did not come to copy: at the end a token of a repeated random sequence costs ${nats(last)} nats less than the first time.`;
}

function onsetLines({ tenth, half, nineTenths }: CopyingOnset<CurvePoint>): string[] {
  const line = (name: string, { tokens, repeats_first, repeats_second, held_out }: CurvePoint) =>
    `${name} of the gain by ${millions(tokens)} tokens: repeats ${nats(repeats_first)} → ${nats(repeats_second)}, held-out text ${nats(held_out)}`;
  return [line('a tenth', tenth), line('half', half), line('nine tenths', nineTenths)];
}
