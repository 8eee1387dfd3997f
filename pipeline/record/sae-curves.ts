import type { SaeSource } from '../sae/formats/sae-dir.ts';
import { readTrainingCurve, type TrainingPoint, trainingCurvePath } from '../sae/formats/training-curve.ts';

/** How an SAE was trained, by step. */
export interface SaeCurve {
  readonly sae: string;
  readonly layer: number;
  readonly points: readonly TrainingPoint[];
}

/** The curves of those SAEs that have one beside them. Throws UserError for one that cannot be read. */
export async function readSaeCurves(
  sources: readonly Pick<SaeSource, 'id' | 'layer' | 'configPath'>[],
): Promise<SaeCurve[]> {
  const curves: SaeCurve[] = [];
  for (const { id, layer, configPath } of sources) {
    const path = await trainingCurvePath({ configPath });
    if (path !== undefined) curves.push({ sae: id, layer, points: await readTrainingCurve(path) });
  }
  return curves;
}
