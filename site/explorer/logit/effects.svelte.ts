import { faultSentence } from '../passes/fault-sentence.ts';
import type { EffectsQuestion, ExplorerSession } from '../protocol.ts';
import { withSaes } from '../with-saes.ts';

/** A feature by its name, L/F. */
export const unitName = ({ layer, feature }: { readonly layer: number; readonly feature: number }): string =>
  `${layer}/${feature}`;

interface AskedEffects extends EffectsQuestion {
  readonly ids: readonly number[];
  /** Ids of the SAEs that take part. */
  readonly saes: readonly string[];
}

/** What a logit changes by when features are set to zero one at a time, as far as it has been measured. */
export class Effects {
  /** By feature, L/F. */
  measured: ReadonlyMap<string, number> = $state.raw(new Map());
  progress: { readonly done: number; readonly total: number } | undefined = $state.raw();
  isRunning = $state(false);
  failure = $state('');
  readonly #session: ExplorerSession;
  #asked = '';
  #run = 0;

  constructor(session: ExplorerSession) {
    this.#session = session;
  }

  /** Measures, unless that is what was asked last; `null` ends what is under way and forgets what was measured. */
  ask(question: AskedEffects | null): void {
    const key = question === null ? '' : JSON.stringify(question);
    if (key === this.#asked) return;
    this.stop();
    this.#asked = key;
    this.measured = new Map();
    this.progress = undefined;
    this.failure = '';
    if (question) void this.#measure(question);
  }

  /** Ends what is under way; what has been measured stays. */
  stop(): void {
    this.#run++;
    this.isRunning = false;
  }

  async #measure({ ids, saes, ...question }: AskedEffects): Promise<void> {
    const run = this.#run;
    const isCurrent = () => run === this.#run;
    const measured = new Map<string, number>();
    this.isRunning = true;
    try {
      await withSaes(this.#session, saes).effects(ids, question, ({ layer, features, effects, done, total }) => {
        if (!isCurrent()) return false;
        features.forEach((feature, i) => {
          measured.set(unitName({ layer, feature }), effects[i]);
        });
        this.measured = new Map(measured);
        this.progress = { done, total };
        return true;
      });
    } catch (error) {
      if (isCurrent()) this.failure = faultSentence(error);
    }
    if (isCurrent()) this.isRunning = false;
  }
}
