import type { NotesOfTables } from './notes-of.ts';

/** The studies of families, and of the model's training. */
export const studyNotes = {
  study_families_confusion: {
    level: 'how noisy the made models are, from 0, the least',
    noise: 'the same in a word: little, some or much',
    truth: 'the family a feature was made to be of',
    called: 'what it was called; dead where it was never active',
    features: 'how many features',
  },
  study_families_confidence: {
    family: 'the family that features were given, never unclear',
    least: 'score of that family from which on the confidence holds, up to the next row’s',
    confidence: 'confidence of such features',
    features: 'how many features',
    right: 'those of them that are of that family',
  },
  study_training_curve: {
    step: 'steps done',
    tokens: 'tokens trained on',
    learning_rate: 'at this step; null where it is not known',
    loss: 'on what is trained on, nats per token; null where it was not measured',
    pool: 'token ids that repeats were drawn from; null where that is not known',
    context: 'tokens per row; null where that is not known',
    repeats_first: 'loss on random tokens of the whole vocabulary, nats per token; null where it was not measured',
    repeats_second: 'loss on the same tokens said again in one context; null likewise',
    held_out: 'loss on text that was not trained on; null likewise',
    ioi_difference: 'mean logit of IO less that of S on prompts of indirect-object identification; null likewise',
    ioi_positive: 'share of these prompts where it is above 0; null likewise',
  },
} satisfies NotesOfTables;
