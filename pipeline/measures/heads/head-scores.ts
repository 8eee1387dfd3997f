import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import type { IntTensor } from '../../numbers/tensor.ts';
import { copyingScores } from '../circuits/copying-scores.ts';
import { attentionOnRows } from './attention/on-repeats.ts';
import { attentionColumns } from './head-columns.ts';
import type { NewHeadScoresRow } from './scores-table.ts';

export interface HeadScoresJob {
  readonly engine: Engine;
  readonly model: Model;
  /** Sequences [row, 2n + 1] of BOS, n random tokens and the same n again, where the model has room for some. */
  readonly sequences: IntTensor | undefined;
}

/** The scores of all heads of a model: attention on repeated random tokens, and copying by weights. */
export async function scoreHeads({ engine, model, sequences }: HeadScoresJob): Promise<NewHeadScoresRow[]> {
  const layers = Array.from({ length: model.config.nLayers }, (_, layer) => layer);
  const attention = sequences ? await attentionOnRows({ engine, model, layers }, sequences) : () => new Map();
  const copying = await copyingScores(engine, model, layers);
  return copying.flatMap((heads, layer) =>
    heads.map((score, head): NewHeadScoresRow => {
      const { attention: own, attention_by_chance: chance } = attentionColumns(attention(layer, head));
      return {
        ...{ layer, head },
        induction: own?.induction_on_repeats ?? null,
        previous_token: own?.previous_token_on_repeats ?? null,
        duplicate_token: own?.duplicate_token_on_repeats ?? null,
        copying: score,
        induction_by_chance: chance?.induction_on_repeats ?? null,
        previous_token_by_chance: chance?.previous_token_on_repeats ?? null,
        duplicate_token_by_chance: chance?.duplicate_token_on_repeats ?? null,
      };
    }),
  );
}
