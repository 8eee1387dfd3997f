import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { FoundLabel } from './label-entry.ts';
import { scoreKind } from './table-row.ts';

const whole = z.union([z.string().regex(/^\d{1,9}$/), z.int().nonnegative()]).transform(Number);
const maybe = z.string().nullish();

/** A line of explanations/batch-N.jsonl, and of the explanations that Neuronpedia's interface gives of a feature. */
const explanation = z.object({
  modelId: z.string(),
  /** The source: layer and source set, as `5-att-kk`; where a layer has several SAEs what they differ in, `5-att-kk__16k`. */
  layer: z.string(),
  index: whole,
  description: z.string(),
  authorId: maybe,
  typeName: maybe,
  explanationModelName: maybe,
  scores: z.array(z.looseObject({ value: z.number(), explanationScoreTypeName: maybe })).nullish(),
});

/** Source sets of other parts of a model than its attention, by a word of their names. */
const elsewhere = /(?:^|[-_])(?:res|resid|residual|mlp|transcoder|tc|clt|hook_resid\w*|hook_mlp\w*)(?:$|[-_])/i;

/** Whether a row is one of Neuronpedia's explanations. */
export const isNeuronpediaRow = (row: object): boolean => 'modelId' in row && 'index' in row && 'description' in row;

/** The label of a line of Neuronpedia's export of explanations. Throws UserError on a malformed one. */
export function neuronpediaRow(row: object, place: string): FoundLabel {
  const parsed = explanation.safeParse(row);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`malformed explanation: ${issue?.path.join('.')}: ${issue?.message} (${place})`);
  }
  const { modelId, layer: source, index, description, authorId, typeName, explanationModelName, scores } = parsed.data;
  const [, layer, set = ''] = /^(\d{1,4})(?:-(.*))?$/.exec(source) ?? [];
  if (layer === undefined) return { left: `of source ${source}, which names no layer` };
  if (elsewhere.test(set)) return { left: `of ${source}, which are no attention outputs` };
  if (description.trim() === '') return { left: 'without a text' };
  const by = typeName ? ` by ${typeName}` : '';
  return {
    place,
    entry: {
      ...{ sae: null, layer: Number(layer), feature: index, label: description },
      ofSource: { name: `${modelId}/${source}`, suffix: /__(?!.*__)(.*)$/.exec(set)?.[1] ?? '' },
      ...{
        author: authorId ?? null,
        model: explanationModelName || null,
        source: `Neuronpedia ${modelId}/${source}${by}`,
      },
      scores: (scores ?? []).map(({ value, explanationScoreTypeName }) => {
        return { kind: scoreKind(explanationScoreTypeName ?? 'score'), value, low: null, high: null };
      }),
    },
  };
}
