import type { AttributionGraph } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { labelJson } from '../names/label-json.ts';
import type { Decomposition, DirectAttribution, EdgeScore, ExplainedLogit, PromptTokens } from '../protocol.ts';
import type { LabelOf, TargetView, Unit } from '../view.ts';
import { featuresOf } from './features-of.ts';

/** What of a target has been computed so far. */
export interface CircuitParts {
  readonly attribution?: DirectAttribution | undefined;
  readonly decomposition?: Decomposition | undefined;
  readonly score?: EdgeScore | undefined;
  readonly graph?: AttributionGraph | undefined;
  readonly logit?: ExplainedLogit | undefined;
}

/** Everything shown of a target as JSON, typed arrays as lists, so that it can be read anywhere. */
export function circuitReport(
  model: string,
  tokens: PromptTokens,
  view: TargetView,
  parts: CircuitParts,
  labelOf: LabelOf,
): string {
  const { ids, texts } = tokens;
  const report = {
    model,
    tokens: ids.map((id, position) => ({ position, id, text: texts[position] })),
    ...view,
    ...parts,
    features: featuresIn(view, parts).map((unit) => ({ ...unit, ...labelJson(labelOf(unit.layer, unit.feature)) })),
  };
  return JSON.stringify(report, (_, value: unknown) => (value instanceof Float32Array ? [...value] : value), 2);
}

/** The features that a report is of. */
export function featuresIn({ trail }: TargetView, { decomposition, score, graph, logit }: CircuitParts): Unit[] {
  const terms = [...(decomposition?.terms ?? []), ...(logit?.terms ?? [])].map(({ component }) => component);
  const pairs = score ? [...score.query, ...score.key] : [];
  return featuresOf([...trail, ...terms, ...pairs, ...(graph?.nodes ?? [])]);
}
