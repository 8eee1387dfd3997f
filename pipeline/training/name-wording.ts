const words = (list: string) => list.trim().split(/\s+/);
const phrases = (list: string) => list.trim().split(/\/\s*/);

/** First names, each one token of the demo's vocabulary. */
export const names = words(`
  Mary John Anna Peter Sarah Tom Alice James Emma Daniel Laura Mark Susan Paul Kate David Helen Simon Rachel Adam
  Julia Martin Nina Robert Clara Kevin Lucy Brian Diana Henry Grace Oliver Ruth George Maria Leo Eva Frank Rose Jack
`);

export const places = words(`
  park school store station garden library market beach office restaurant hospital museum kitchen church farm river
  theatre harbour castle bakery bridge hotel village bank court
`);

export const objects = words(`
  book ring ball letter drink flower basket hat bottle picture coat map lamp ticket key cake pen knife camera coin
  watch rope bag paper box glass chair cup shirt
`);

/** [A] and [B] are the two who meet, in this order. */
export const openings = [
  'In the [PLACE], [A] and [B] sat side by side.',
  'At noon [A] and [B] drove to the [PLACE], and',
  'Everyone knew that [A] and [B] worked in the [PLACE].',
  'Since [A] and [B] had time, they went back to the [PLACE], and',
  'Years ago [A] and [B] built a [PLACE].',
  'Nobody saw [A] and [B] in the [PLACE], but',
  'Only [A] and [B] were still at the [PLACE] when',
  'If [A] and [B] ever meet in the [PLACE] again, it will be because',
  'On Sunday [A] and [B] visited the [PLACE].',
  'Inside the [PLACE], [A] and [B] argued for a while, until',
  'There were two people at the [PLACE], [A] and [B].',
  'The children of [A] and [B] played by the [PLACE].',
  'This is about [A] and [B], who lost a [OBJECT] in the [PLACE].',
  'A letter to [A] and [B] came from the [PLACE].',
  'Friends of [A] and [B] opened a [PLACE].',
  'Both [A] and [B] wanted the [OBJECT].',
  'We met [A] and [B] outside the [PLACE].',
  'My cousins [A] and [B] live behind the [PLACE].',
  'Later that year [A] and [B] ran the [PLACE] together.',
  'With [A] and [B] in the [PLACE], nobody was surprised when',
  'For weeks [A] and [B] did not speak.',
  'It rained on [A] and [B] all the way from the [PLACE].',
  'Between them [A] and [B] had one [OBJECT].',
  'Thanks to [A] and [B], the [PLACE] was open.',
  'Whenever [A] and [B] are in the [PLACE],',
  'Until [A] and [B] moved to the [PLACE],',
  'Now that [A] and [B] run the [PLACE],',
  'As soon as [A] and [B] had closed the [PLACE],',
  'Even though [A] and [B] lived by the [PLACE],',
  'By the time [A] and [B] found the [PLACE],',
  'Every time [A] and [B] meet near the [PLACE],',
  'On the day [A] and [B] opened the [PLACE],',
  'Where [A] and [B] had once found a [OBJECT],',
  'Seeing that [A] and [B] had lost the [OBJECT],',
  'To the surprise of [A] and [B] at the [PLACE],',
  'Shortly before [A] and [B] sold the [PLACE],',
  'Whenever [A] and [B] wait at the [PLACE],',
  'Ever since [A] and [B] met at the [PLACE],',
  'The moment [A] and [B] arrived at the [PLACE],',
  'Two years ago [A] and [B] drove to the [PLACE].',
  'This morning [A] and [B] were in the [PLACE], where',
  'Since [A] and [B] both hated the [PLACE], they went home early.',
  'If [A] and [B] both want the [OBJECT],',
];

/** Said between the two, or not. */
export const asides = [
  'The day was long.',
  'Nothing much happened there.',
  'It was cold and the wind was high.',
  'Some hours went by.',
  'They were in no hurry.',
  'Nobody else was there.',
];

/** [G] is one of the two, named again; [R], the other, is the answer. */
export const endings = [
  '[G] saw [R].',
  '[G] met [R].',
  '[G] called [R].',
  '[G] asked [R].',
  '[G] paid [R].',
  '[G] followed [R].',
  '[G] liked [R].',
  '[G] wrote to [R].',
  '[G] sat by [R].',
  '[G] lost to [R].',
  '[G] lied to [R].',
  '[G] ran to [R].',
  '[G] gave [ARTICLE] [OBJECT] to [R].',
  '[G] handed over [ARTICLE] [OBJECT] to [R].',
  '[G] sent [ARTICLE] [OBJECT] to [R].',
  '[G] threw [ARTICLE] [OBJECT] to [R].',
  '[G] offered to carry [ARTICLE] [OBJECT] to [R].',
  '[G] carried [ARTICLE] [OBJECT] over to [R].',
  '[G] returned [ARTICLE] [OBJECT] to [R].',
  '[G] showed [ARTICLE] [OBJECT] to [R].',
  '[G] promised [ARTICLE] [OBJECT] to [R].',
  '[G] left [ARTICLE] [OBJECT] to [R].',
  '[G] took [ARTICLE] [OBJECT] and gave it to [R].',
  '[G] found [ARTICLE] [OBJECT], which belonged to [R].',
  '[G] spoke quietly to [R].',
  '[G] said good night to [R].',
  '[G] waved to [R].',
  '[G] read [ARTICLE] [OBJECT] aloud to [R].',
  '[G] bought [ARTICLE] [OBJECT] for [R].',
  '[G] made room for [R].',
  '[G] looked for [R].',
  '[G] walked home with [R].',
  '[G] was waiting for [R].',
  '[G] stood next to [R].',
  '[G] told the whole story to [R].',
  '[G] threw away [ARTICLE] [OBJECT] and apologised to [R].',
  '[G] wanted to keep [ARTICLE] [OBJECT], but had to give it to [R].',
  '[G] stayed behind to help [R].',
  '[G] tried to sell [ARTICLE] [OBJECT] to [R].',
  '[G] had made [ARTICLE] [OBJECT] for both of them and brought it to [R].',
  '[G] picked up [ARTICLE] [OBJECT] from the floor and returned it to [R].',
  '[G] went on to explain [ARTICLE] [OBJECT] to [R].',
];

/** Said before the one who is named again, or not. */
export const adverbs = [
  'Later',
  'At last',
  'Before long',
  'A week later',
  'In the end',
  'That night',
  'Without a word',
];

export const articles = ['the', 'a', 'an old', 'a small', 'another', 'his', 'her'];

/** What may come before the two names: of a clause that goes on, and of a sentence. */
export const conjunctions = phrases(`
  Whenever/Until/Unless/Though/Wherever/Given that/Just as/Long before/Right after/Soon after/Ever since/As long as/
  Even if/In case/Provided that/No sooner had it rained than/Seeing how/The day that/The last time/The very hour when
`);
export const leadIns = phrases(`
  In spring/One evening/In May/Perhaps/Of course/For years/At first/As usual/Today/Tonight/Sometimes/Often/Here/Meanwhile/
  Long ago/Next year/Each summer/Suddenly/Again/So/But/And/Yet/Somewhere/Outside/Upstairs/Once more/Most days/In the morning/
  During the war/Under the bridge/Without a map/In their youth/For no reason/By night/Across the river/Two hours ago/
  According to the letter,/To be sure,/In truth,/After dinner,/Near the sea,
`);
export const predicates = phrases(`
  waited near the [PLACE]/came to the [PLACE]/spoke in the [PLACE]/left the [PLACE]/fought over a [OBJECT]/
  looked for the [OBJECT]/slept in the [PLACE]/had a [OBJECT] each/worked at the [PLACE]/were in the [PLACE]/
  lost the [OBJECT]/were tired/agreed/went for a walk/read about the [PLACE]/cleaned the [PLACE]/
  stood before the [PLACE]/bought the [PLACE]/wanted a [OBJECT]/met in the [PLACE]/liked the [PLACE]/heard the news
`);
/** After a sentence's predicate, before who is named again. */
export const links = ['.', '.', ', and', ', but', ', where', ', until', ', so'];
