import type { Effects } from '../../effects.ts';
import { StoredParts } from '../../record/stored-parts.ts';
import type { Claims } from './claims.ts';

/** How often a wait looks whether the user wants to stop. */
const lookMs = 500;

/** Parts that a companion computes as well: what it has taken is waited for, and the rest is left to whoever asks. */
export class SharedParts extends StoredParts {
  readonly #claims: Claims;
  readonly #effects: Effects;

  constructor(out: string, claims: Claims, effects: Effects) {
    super(out);
    this.#claims = claims;
    this.#effects = effects;
  }

  override async ready(names: readonly string[]): Promise<void> {
    const waited = this.claim(names);
    if (waited.size === 0) return;
    const progress = this.#effects.progress('computed by another thread', waited.size, 'parts');
    for (const [done, name] of [...waited].entries()) {
      while (this.#claims.isCompanions(name)) {
        progress.update(done);
        await this.#claims.change(name, lookMs);
      }
    }
    progress.end();
  }

  override claim(names: readonly string[]): ReadonlySet<string> {
    for (const name of names) this.#claims.takeForRun(name);
    return new Set(names.filter((name) => this.#claims.isCompanions(name)));
  }

  override async read<T>(name: string): Promise<T | undefined> {
    await this.ready([name]);
    return super.read<T>(name);
  }
}
