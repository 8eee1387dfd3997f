import type { TrainingCurveRow } from '../../../../pipeline/measures/studies/training/table.ts';

/** A stage of a curriculum as a curve first shows it. */
interface SeenStage {
  readonly pool: number;
  readonly context: number;
  readonly tokens: number;
}

/** The stages of a training, where its curve has any. */
export function stagesOf(rows: readonly TrainingCurveRow[]): SeenStage[] {
  const stages: SeenStage[] = [];
  for (const { pool, context, tokens } of rows) {
    if (pool === null || context === null || stages.at(-1)?.pool === pool) continue;
    stages.push({ pool, context, tokens });
  }
  return stages;
}
