import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';
import type { Target } from '../protocol.ts';

type Example = Target & Pick<ExampleRow, 'context' | 'sae'>;

/**
 * The query of a link that opens an example in the explorer: the context by its number, so that pages stay small, and the
 * SAE where its layer uses another, `first`, unless told.
 */
export function exampleQuery({ context, sae, layer, feature, position }: Example, first: string | undefined): string {
  return `context=${context}${sae === first ? '' : `&saes=${sae}`}&target=${layer}/${feature}@${position}`;
}

/** The context that such a query names, if it names one. */
export function contextOf(params: URLSearchParams): number | undefined {
  const text = params.get('context') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
