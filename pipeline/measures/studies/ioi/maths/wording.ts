/** Where a template's names and things go. `first` and `second` meet; `giver` is one of them, said again. */
export const slotPattern = /\[(FIRST|SECOND|GIVER|PLACE|OBJECT)\]/g;

/** Between the two names of every template, so that another word can stand in for it. */
export const conjunction = 'and';

/**
 * Fifteen templates of indirect-object identification: two people, then one of them gives; whoever was not said again
 * receives. No name begins a template, so that all are said with a space before them; each ends where the answer is due.
 * Source of the task and of its structure: Wang et al. 2022, arXiv:2211.00593; the wording is our own.
 */
export const templates: readonly string[] = [
  'While [FIRST] and [SECOND] were waiting at the [PLACE], [GIVER] handed the [OBJECT] to',
  'As [FIRST] and [SECOND] were leaving the [PLACE], [GIVER] passed a small [OBJECT] to',
  'When [FIRST] and [SECOND] came home from the [PLACE], [GIVER] gave the [OBJECT] to',
  'After [FIRST] and [SECOND] met at the [PLACE], [GIVER] offered an old [OBJECT] to',
  'Last week [FIRST] and [SECOND] walked to the [PLACE]. [GIVER] brought a [OBJECT] to',
  'Because [FIRST] and [SECOND] both liked the [PLACE], they stayed until night. [GIVER] gave a [OBJECT] to',
  'Yesterday [FIRST] and [SECOND] came back from the [PLACE], where [GIVER] decided to give a [OBJECT] to',
  'Once [FIRST] and [SECOND] had reached the [PLACE], [GIVER] wanted to show the [OBJECT] to',
  'Then, [FIRST] and [SECOND] had a long day at the [PLACE]. [GIVER] bought a [OBJECT] for them, but gave it to',
  'The neighbours [FIRST] and [SECOND] found a [OBJECT] near the [PLACE]. Soon [GIVER] gave it to',
  'Before [FIRST] and [SECOND] left the [PLACE], [GIVER] sold the [OBJECT] to',
  'The [PLACE] where [FIRST] and [SECOND] lived had an old [OBJECT]. One day [GIVER] gave it to',
  'It was late when [FIRST] and [SECOND] agreed on everything. The next morning [GIVER] wrote to',
  'On the way to the [PLACE], [FIRST] and [SECOND] talked for hours. Then [GIVER] lent a [OBJECT] to',
  'Although [FIRST] and [SECOND] were tired of the [PLACE], [GIVER] stayed there to read the [OBJECT] to',
];

const words = (list: string) => list.trim().split(/\s+/);

/** First names that most vocabularies hold whole; those that a vocabulary splits are left out. */
export const names = words(`
  Mary John Anna Peter Sarah Tom Alice James Emma Daniel Laura Mark Susan Paul Kate David Helen Simon Rachel Adam
  Julia Martin Nina Robert Clara Kevin Lucy Brian Diana Henry Grace Oliver Ruth George Maria Leo Eva Frank Rose Jack
  Anne Michael William Thomas Charles Joseph Richard Andrew Edward Steve Lisa Karen Amy Jane Sam Max Ben Nick Jim Bob
`);

export const places = words(
  'park station garden library market beach office hospital museum church farm theatre castle',
);
export const objects = words(
  'book ring ball letter drink flower basket hat bottle picture coat map lamp key cake knife',
);

/** What may stand in for the conjunction, the best first; the first that is one token is taken. */
export const substitutes = words('alongside with plus besides near to');

/** Put in front to move every position, and to say nothing of the people. */
export const neutralSentence = 'It had been a quiet day in the town.';
