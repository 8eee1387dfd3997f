import { faultSentence } from './fault-sentence.ts';
import { type Latest, latest } from './latest.ts';

/** The last answer to a question that keeps changing, with the question it answers; kept while the next is awaited. */
export class Answer<Q, A> {
  given = $state.raw<{ readonly question: Q; readonly answer: A }>();
  failure = $state('');
  isPending = $state(false);
  readonly #latest: Latest<Q>;
  readonly #key: (question: Q) => string;
  #asked = '';

  constructor(answer: (question: Q) => Promise<A>, key: (question: Q) => string, quietMs = 0) {
    this.#key = key;
    this.#latest = latest(
      answer,
      {
        answered: (given, question) => this.#settle(() => (this.given = { question, answer: given }), ''),
        failed: (error) => this.#settle(() => (this.given = undefined), faultSentence(error)),
      },
      quietMs,
    );
  }

  /** Asks, unless it is what was asked last; `null` asks nothing and forgets what was answered. */
  ask(question: Q | null): void {
    const key = question === null ? '' : this.#key(question);
    if (key === this.#asked) return;
    this.#asked = key;
    this.failure = '';
    this.isPending = question !== null;
    if (question === null) this.#forget();
    else this.#latest.ask(question);
  }

  #forget(): void {
    this.#latest.drop();
    this.given = undefined;
  }

  #settle(set: () => void, failure: string): void {
    set();
    this.failure = failure;
    this.isPending = false;
  }
}
