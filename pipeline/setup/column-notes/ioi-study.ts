import type { NotesOfTables } from './notes-of.ts';

/** The study of indirect-object identification; a struct of mean, low and high is a mean with its 95 % interval. */
export const ioiStudyNotes = {
  study_ioi_answers: {
    template: 'number of the template, from 0',
    story_order: 'ABBA or BABA: the receiver named first, or the giver',
    habit:
      'what the model does with the template on other prompts of it: solves it, second name, first name, giver or neither',
    example: 'one of the prompts',
    receiver: 'IO in it, the right answer',
    giver: 'S in it',
    difference: 'logit of IO less that of S at END: mean, and 95 % interval over prompts',
    positive: 'prompts where it is above 0',
    best: 'prompts where IO is the token of highest logit',
    prompts: 'prompts measured',
  },
  study_ioi_totals: {
    templates: 'all, or those that are solved',
    story_order: 'ABBA, BABA or both',
    template_count: 'how many templates',
    difference: 'logit of IO less that of S at END: mean, and 95 % interval over templates',
    positive: 'prompts where it is above 0',
    prompts: 'prompts measured',
  },
  study_ioi_features: {
    rank: 'from 0 in its layer, by magnitude of effect',
    effect:
      'change of the logit difference by its ablation at S2, 0 where it is not active: mean over prompts, and 95 % interval over templates',
    effect_abba: 'the same over prompts of order ABBA',
    effect_baba: 'the same over prompts of order BABA',
    activation_abba: 'mean activation at S2 over prompts of order ABBA',
    activation_baba: 'the same of order BABA',
    active_abba: 'prompts of order ABBA in which it is active at S2',
    active_baba: 'those of order BABA',
    selectivity: '(BABA − ABBA)/(BABA + ABBA) of the mean activations',
    role: 'position, which tells the orders apart, or leading, of the features that are followed; null for others',
  },
  study_ioi_heads: {
    direct:
      'direct logit attribution at END to IO less S: mean, and interval over templates, widened for all heads looked at',
    end_effect:
      'change of the logit difference with its z at END taken from the prompt with an unrelated giver; likewise',
    indirect: 'end_effect less the change of its direct logit attribution; likewise',
    s2_effect: 'as end_effect, with z at S2',
    from_end: 'mean attention from END to BOS, IO, S1, “and”, the token after S1, S2 and others, in this order',
    from_s2: 'the same from S2',
    to_next: 'mean attention from S2 to the token after S1, which is “and” in BABA',
    roles:
      'at END name mover, suppressor, negative mover, S-inhibition or both names; at S2 duplicate token, induction or at S2; empty without one',
  },
  study_ioi_edges: {
    edge: 'from 0, in the order of the path',
    from_kind:
      'what the arrow comes from: a position (BOS, IO, S1, and, after S1, S2, other), a kind of component as in upstream, feature at S2, head at S2 or head at END',
    from_layer: 'its layer; null for a position, embedding or position embedding',
    from_sae: 'its SAE; null except for features',
    from_index: 'which feature or head; null for other kinds',
    to_kind: 'what it goes to: feature, head at END or logits',
    to_layer: 'its layer; null for logits',
    to_sae: 'its SAE; null except for a feature',
    to_index: 'which feature or head; null for logits',
    through_head: 'head through which a feature reads a position; null for other arrows',
    unit: 'share, of the feature’s DFA at S2, or logits',
    value:
      'the share; or the mean, in logits: into a head at END what the loss of a feature or head at S2 does through it, or what an earlier head at END, patched, changes of its writing; into logits what the head writes directly',
    low: 'lower end of the 95 % interval of value, into logits as of direct in study_ioi_heads; null for shares, and without a bound',
    high: 'its upper end; null likewise',
  },
  study_ioi_patches: {
    patch: 'from 0',
    corruption: 'what was changed in the prompt: unrelated giver, other names, shifted, conjunction or order',
    patched:
      'whose activations at S2 were put into the unchanged prompt: feature, chosen (all that have a role) or layer (all features of one)',
    layer: 'from 0; null for chosen',
    sae: 'its SAE; null for chosen',
    feature: 'from 0 in its SAE; null except for feature',
    activation_clean: 'mean activation at S2 in the unchanged prompts; null except for feature',
    activation_corrupted: 'the same in the changed prompts; null likewise',
    effect: 'change of the logit difference by the patch: mean over prompts, and 95 % interval over templates',
    total: 'the same by the changed prompt as a whole',
    explained: 'effect / total; null where total may be 0 or is under 2 % of the logit difference, and for order',
  },
} satisfies NotesOfTables;
