import { type ColumnName, columnNames, type EffectName, type PartName, tokenRoles } from './format.ts';
import type { SearchQuery } from './query.ts';

/** What of an SAE a query reads. */
export function namesFor(query: SearchQuery): PartName[] {
  const read: Readonly<Record<ColumnName, boolean>> = {
    density: query.minDensity !== null || query.maxDensity !== null || query.sort === 'density',
    // A feature is alive when it was ever active: its maximum is above 0.
    max_activation: query.alive || query.sort === 'max_activation',
    top_head: query.head !== null,
    top_head_weight: query.sort === 'top_head_weight',
    family: query.family !== null,
  };
  const effects = query.sort === 'effect' ? effectsRead(query) : [];
  return [
    ...columnNames.filter((name) => read[name]),
    ...tokenRoles.filter((role) => query[role] !== ''),
    ...effects.map((role): EffectName => `${role}_effect`),
  ];
}

/** The roles whose effects order the results: those of the tokens that are looked for. */
export const effectsRead = (query: SearchQuery) =>
  (['promoted', 'suppressed'] as const).filter((role) => query[role] !== '');
