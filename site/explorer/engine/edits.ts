import { affineOf, type FeatureChanges, type HeadChanges } from '../../../pipeline/attribution/interventions.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { Edit } from '../protocol.ts';

/** What is changed in one layer's z on the way. */
export interface LayerChanges {
  readonly heads: HeadChanges | undefined;
  readonly features: FeatureChanges | undefined;
}

export interface EditedLayer {
  readonly layer: number;
  readonly nHeads: number;
  readonly dIn: number;
  /** The position of the first row, and how many there are. */
  readonly first: number;
  readonly length: number;
  /** Whether position 0 is the beginning-of-sequence token's. */
  readonly hasBos: boolean;
  /** Mean activations of the layer's features over the corpus. */
  readonly meanActivations: Float32Array | undefined;
  /** Mean z over the corpus, where it was measured. */
  readonly meanZ: Float32Array | undefined;
}

/** One layer's changes; of two edits of the same thing at the same position the later counts. */
export function changesOf(edits: readonly Edit[], target: EditedLayer): LayerChanges {
  const own = edits.filter(({ layer }) => layer === target.layer);
  return { heads: headChanges(own, target), features: featureChanges(own, target) };
}

/** Rows an edit speaks of: one position's, or all but the beginning-of-sequence token's. */
function rowsOf({ position }: Edit, { first, length, hasBos }: EditedLayer): readonly number[] {
  const rows = Array.from({ length }, (_, row) => row);
  return rows.filter((row) => (position === null ? !hasBos || first + row > 0 : first + row === position));
}

function featureChanges(edits: readonly Edit[], target: EditedLayer): FeatureChanges | undefined {
  const { length, meanActivations } = target;
  const own = edits.filter((edit) => edit.kind === 'feature');
  if (own.length === 0) return undefined;
  const features = Int32Array.from(new Set(own.map(({ feature }) => feature)));
  const factor = new Float32Array(length * features.length).fill(1);
  const offset = new Float32Array(length * features.length);
  for (const edit of own) {
    const change = affineOf(edit, meanActivations?.[edit.feature] ?? 0);
    for (const row of rowsOf(edit, target)) {
      const at = row * features.length + features.indexOf(edit.feature);
      factor[at] = change.factor;
      offset[at] = change.offset;
    }
  }
  return { features, factor, offset };
}

function headChanges(edits: readonly Edit[], target: EditedLayer): HeadChanges | undefined {
  const { layer, nHeads, dIn, length, meanZ } = target;
  const own = edits.filter((edit) => edit.kind === 'head');
  if (own.length === 0) return undefined;
  const dHead = dIn / nHeads;
  const factor = new Float32Array(length * nHeads).fill(1);
  const offset = new Float32Array(length * dIn);
  for (const edit of own) {
    const [from, to] = [edit.head * dHead, (edit.head + 1) * dHead];
    if (edit.action === 'mean' && !meanZ)
      throw new UserError(`the mean of head ${layer}.${edit.head} was not measured`);
    for (const row of rowsOf(edit, target)) {
      factor[row * nHeads + edit.head] = affineOf(edit, 0).factor;
      const slice = offset.subarray(row * dIn + from, row * dIn + to).fill(0);
      if (edit.action === 'mean' && meanZ) slice.set(meanZ.subarray(from, to));
    }
  }
  return { factor, offset };
}
