import { Answer } from './answer.svelte.ts';

/** The answer to a question that follows from a component's props; asked again whenever the question's value changes. */
export function answerTo<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>): Answer<Q, A> {
  const answer = new Answer(ask, (asked: Q) => JSON.stringify(asked));
  $effect(() => answer.ask(question()));
  return answer;
}
