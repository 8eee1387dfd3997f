import type { NotesOfTables } from './notes-of.ts';

/** The run that a finished one was compared with; what its tables share with a run's own is described there. */
export const comparisonNotes = {
  compared_run: {
    name: 'what the other run is called',
    site: 'where its site is; null where that was not said',
    fingerprint: 'of this run: the comparison is read only where it is still this one',
    other_fingerprint: 'of the other run',
    settings:
      'texts, sizes and settings that differ: of this run, and of the other; either is null where that run has none',
  },
  compared_saes: {
    own_sae: 'the SAE of this run that it is compared with; all else in the row is of the other run',
    same_weights: 'whether the two are the same SAE by the hash of its weights',
  },
  compared_heads: {
    own_sae: 'the SAE of this run that it is compared with; all else in the row is of the other run',
  },
  compared_features: {
    other_sae: 'the other run’s SAE',
    nearest_of:
      'own: the nearest of the other run’s to this run’s feature; other: the nearest of this run’s to the other’s',
    other_feature: 'a feature of it; what begins with other_ is of that feature',
    cosine: 'of their decoder rows; 1 where both runs read the same SAE',
    is_mutual: 'whether each is the other’s nearest',
    other_family: 'its family in the other run; null where it is dead there',
    other_density: 'its density there',
    other_max_activation: 'its greatest activation there',
    other_label: 'its best supported label there; null where it has none',
    other_summary: 'its summary there',
  },
} satisfies NotesOfTables;
