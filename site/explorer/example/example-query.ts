import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';
import type { Target } from '../protocol.ts';

/** The query of a link that opens an example in the explorer: the context by its number, so that pages stay small. */
export function exampleQuery({ context, layer, feature, position }: Target & Pick<ExampleRow, 'context'>): string {
  return `context=${context}&target=${layer}/${feature}@${position}`;
}

/** The context that such a query names, if it names one. */
export function contextOf(params: URLSearchParams): number | undefined {
  const text = params.get('context') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
