import type { AttributionGraph } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import type { Decomposition, DirectAttribution, EdgeScore, ExplainedLogit, PromptTokens } from '../protocol.ts';
import type { TargetView } from '../view.ts';

/** What of a target has been computed so far. */
export interface CircuitParts {
  readonly attribution?: DirectAttribution | undefined;
  readonly decomposition?: Decomposition | undefined;
  readonly score?: EdgeScore | undefined;
  readonly graph?: AttributionGraph | undefined;
  readonly logit?: ExplainedLogit | undefined;
}

/** Everything shown of a target as JSON, typed arrays as lists, so that it can be read anywhere. */
export function circuitReport(model: string, tokens: PromptTokens, view: TargetView, parts: CircuitParts): string {
  const { ids, texts } = tokens;
  const report = {
    model,
    tokens: ids.map((id, position) => ({ position, id, text: texts[position] })),
    ...view,
    ...parts,
  };
  return JSON.stringify(report, (_, value: unknown) => (value instanceof Float32Array ? [...value] : value), 2);
}
