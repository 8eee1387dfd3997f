export interface AnswerHandlers<Question, Answer> {
  answered(answer: Answer, question: Question): void;
  failed(error: unknown, question: Question): void;
}

export interface Latest<Question> {
  ask(question: Question): void;
  /** Nothing that was asked is answered any more. */
  drop(): void;
}

/**
 * Asks one question at a time: of those that come while one is being answered only the last is asked, and an answer
 * whose question is no longer the last is dropped. A question waits until none has come for `quietMs`.
 */
export function latest<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  { answered, failed }: AnswerHandlers<Question, Answer>,
  quietMs = 0,
): Latest<Question> {
  let due: { readonly question: Question } | undefined;
  let asking: { readonly question: Question } | undefined;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function next(): Promise<void> {
    timer = undefined;
    if (busy || !due) return;
    const current = due;
    asking = current;
    due = undefined;
    busy = true;
    try {
      const result = await answer(current.question);
      if (asking === current) answered(result, current.question);
    } catch (error) {
      if (asking === current) failed(error, current.question);
    }
    busy = false;
    if (due && timer === undefined) await next();
  }

  return {
    ask(question) {
      due = { question };
      asking = undefined;
      clearTimeout(timer);
      timer = setTimeout(next, quietMs);
    },
    drop() {
      due = undefined;
      asking = undefined;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
