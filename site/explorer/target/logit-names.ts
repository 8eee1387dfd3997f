import { shortened } from './shortened.ts';

/** Characters of it that a node has room for. */
const LONGEST = 18;

/** What a logit's node is called by its tokens in a list, and where there is little room. */
export const logitNames = (tokens: string) => ({ long: `logit ${tokens}`, short: shortened(tokens, LONGEST) });
