import { labelJson } from '../names/label-json.ts';
import type { Edit, PassResult, PromptTokens } from '../protocol.ts';
import type { LabelOf } from '../view.ts';
import { featuresAt } from './features-at.ts';
import { nextToken } from './next-token.ts';

export interface ShownPass {
  readonly tokens: PromptTokens;
  readonly edits: readonly Edit[];
  readonly result: PassResult;
  readonly position: number;
}

/** What the page shows of its passes, as a value for JSON. */
export function resultJson(model: string, address: string, passes: readonly ShownPass[], labelOf: LabelOf): object {
  return { model, address, passes: passes.map((pass) => passJson(pass, labelOf)) };
}

function passJson({ tokens, edits, result, position }: ShownPass, labelOf: LabelOf): object {
  const features = result.layers.flatMap((layer) => featuresAt(layer, position));
  return {
    tokenIds: tokens.ids,
    tokens: tokens.texts,
    edits,
    position,
    next: nextToken(tokens.ids, result, position),
    predictions: result.predictions.at(position) ?? [],
    losses: [...result.losses],
    features: features.map((active) => ({ ...active, ...labelJson(labelOf(active.layer, active.feature)) })),
  };
}
