import { untrack } from 'svelte';

/** The newest answer; while the next one is computed, the one before stands with the question it answers. */
export interface Latest<Q, A> {
  readonly question: Q | undefined;
  readonly answer: A | undefined;
  readonly pending: boolean;
  readonly failure: string;
}

/** Asks again whenever the question's value changes; null asks nothing. Answers that come too late are dropped. */
export function latest<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>): Latest<Q, A> {
  let answered = $state.raw<{ question: Q; answer: A }>();
  let pending = $state(false);
  let failure = $state('');
  const key = $derived(JSON.stringify(question()));

  $effect(() => {
    const asked = key === 'null' ? null : untrack(question);
    let wanted = true;
    failure = '';
    pending = asked !== null;
    if (asked === null) answered = undefined;
    else {
      ask(asked).then(
        (answer) => {
          if (!wanted) return;
          answered = { question: asked, answer };
          pending = false;
        },
        (error: unknown) => {
          if (!wanted) return;
          answered = undefined;
          pending = false;
          failure = error instanceof Error ? error.message : String(error);
        },
      );
    }
    return () => {
      wanted = false;
    };
  });

  return {
    get question() {
      return answered?.question;
    },
    get answer() {
      return answered?.answer;
    },
    get pending() {
      return pending;
    },
    get failure() {
      return failure;
    },
  };
}
