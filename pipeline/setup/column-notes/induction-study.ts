import type { NotesOfTables } from './notes-of.ts';

/** The study of induction. */
export const inductionStudyNotes = {
  study_induction_curves: {
    prefix: 'tokens that are said twice, the second time at the end',
    examples: 'sequences of that prefix',
    attention: 'mean attention from the last position to the token after the first prefix',
    attribution: 'mean direct logit attribution there to that token, less that to the mean token',
  },
  study_induction_heads: {
    verdict: 'long-prefix induction, short-prefix induction, not induction or too little evidence',
    one_token: 'mean attention with a prefix of one token; null where no prefix was measured',
    greatest: 'greatest mean attention over prefixes of at least 50 sequences; null where there are none',
    greatest_prefix: 'the prefix where that is; null likewise',
    half_prefix:
      'the shortest prefix with half of it; null where its interval begins below 0.3, and with fewer than 3 such prefixes',
    text_pairs:
      'induction pairs of the text by tokens that match: 1, 2 … 9, and 10 or more; null where no text was read',
    text_edges: 'those of them to which it gives over 0.3; null likewise',
    text_attention: 'its mean attention on them, 0 where there are none; null likewise',
    replaced: 'strong edges of text whose match was cut short',
    before: 'mean attention on these in the text as it is, with its 95 % interval; null where there are none',
    after: 'the same with the token two before the source replaced, so that one token still matches; null likewise',
    control: 'the same with the token before the match replaced instead; null likewise',
  },
  study_induction_edges: {
    rank: 'from 0, in the order in which they were drawn',
    context: 'index into contexts',
    source: 'position of the source, whose token before it is that of the destination',
    destination: 'position of the destination',
    prefix: 'tokens that match, going back from the destination and from the token before the source',
    attention: 'attention from destination to source',
    after: 'the same with the token two before the source replaced, so that one token still matches',
    control: 'the same with the token before the match replaced instead',
    replacement: 'token put two before the source',
    source_tokens: 'up to 8 tokens, the source’s last',
    destination_tokens: 'up to 8 tokens, the destination’s last',
  },
} satisfies NotesOfTables;
