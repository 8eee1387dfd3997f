import type { NotesOfTables } from './notes-of.ts';

/** What people and models say of features. */
export const labelNotes = {
  labels: {
    rank: 'from 0, the best supported first',
    label: 'what the feature is said to be, in words',
    kind: 'imported, or model: asked for by the label command',
    author: 'who wrote it; null where nobody is named, and for kind model',
    model: 'language model that wrote it; null where none is named',
    score: 'the first of scores; null where there is none',
    score_kind: 'what it measures: detection, fuzzing, or a name that came with it; null where there is none',
    scores: 'each with its kind and 95 % interval; without bounds where it came with none',
    source: 'what it was read from or how it was asked for: labels.csv, attention style',
    sae_sha256: 'hash of the SAE’s weights; a label of others is not read',
  },
  label_answers: {
    layer: 'from 0; −1 for an SAE that the run no longer has',
    purpose: 'explain, detection or fuzzing',
    model: 'language model that was asked',
    style: 'how labels were asked for: attention, neuronpedia or delphi',
    prompt: 'the messages, as JSON',
    answer: 'what it answered',
    prompt_tokens: 'tokens of the prompt as the endpoint counted them; null where it did not',
    answer_tokens: 'those of the answer; null likewise',
    key: 'SHA-256 of the model and the request: what has one is not asked again',
  },
} satisfies NotesOfTables;
