import { faultSentence } from '../passes/fault-sentence.ts';
import type { Edit, ExplorerSession, GeneratedText, GenerationSettings } from '../protocol.ts';
import { withSaes } from '../with-saes.ts';

export interface GenerationQuestion {
  readonly ids: readonly number[];
  readonly edits: readonly Edit[];
  /** Ids of the SAEs that take part. */
  readonly saes: readonly string[];
  readonly settings: GenerationSettings;
}

/** A prompt's continuation without the edits, and with them where there are any, drawn by the same random numbers. */
export class Continuations {
  before: GeneratedText | undefined = $state.raw();
  after: GeneratedText | undefined = $state.raw();
  isRunning = $state(false);
  failure = $state('');
  readonly #session: ExplorerSession;
  #asked = '';
  #askedBefore = '';
  #run = 0;

  constructor(session: ExplorerSession) {
    this.#session = session;
  }

  /** Continues, unless that is what was asked last; `null` ends what is under way and forgets the texts. */
  ask(question: GenerationQuestion | null): void {
    const key = question === null ? '' : JSON.stringify(question);
    if (key === this.#asked) return;
    this.#asked = key;
    this.stop();
    this.failure = '';
    this.after = undefined;
    if (question) void this.#continue(question);
    else {
      this.before = undefined;
      this.#askedBefore = '';
    }
  }

  /** Ends what is under way; what there is of the texts stays. */
  stop(): void {
    this.#run++;
    this.isRunning = false;
  }

  async #continue({ ids, edits, saes, settings }: GenerationQuestion): Promise<void> {
    const run = this.#run;
    const session = withSaes(this.#session, saes);
    const isCurrent = () => run === this.#run;
    this.isRunning = true;
    try {
      const key = JSON.stringify([ids, settings]);
      // The text without edits is there already where only they have changed.
      const isKnown = key === this.#askedBefore && this.before?.ids.length === settings.tokenCount;
      if (!isKnown) {
        this.#askedBefore = key;
        this.before = undefined;
        await session.generate({ ids, edits: [] }, settings, (text) => {
          if (isCurrent()) this.before = text;
          return isCurrent();
        });
      }
      if (edits.length > 0 && isCurrent())
        await session.generate({ ids, edits }, settings, (text) => {
          if (isCurrent()) this.after = text;
          return isCurrent();
        });
    } catch (error) {
      if (isCurrent()) this.failure = faultSentence(error);
    }
    if (isCurrent()) this.isRunning = false;
  }
}
