import type { Pass } from '../protocol.ts';
import { disposePass, type StoredPass } from './stored-pass.ts';

/** The passes last asked for; the oldest makes room, and frees what it held on the backend. */
export class PassCache {
  readonly #kept = new Map<string, StoredPass>();
  readonly #most: number;
  readonly #run: (pass: Pass) => Promise<StoredPass>;

  constructor(most: number, run: (pass: Pass) => Promise<StoredPass>) {
    this.#most = most;
    this.#run = run;
  }

  /** Whether a pass is kept already. */
  has(pass: Pass): boolean {
    return this.#kept.has(keyOf(pass));
  }

  async get(pass: Pass): Promise<StoredPass> {
    const key = keyOf(pass);
    const known = this.#kept.get(key);
    if (known) this.#kept.delete(key);
    else this.#makeRoom();
    const stored = known ?? (await this.#run(pass));
    this.#kept.set(key, stored);
    return stored;
  }

  clear(): void {
    for (const pass of this.#kept.values()) disposePass(pass);
    this.#kept.clear();
  }

  #makeRoom(): void {
    const [oldest] = this.#kept;
    if (!oldest || this.#kept.size < this.#most) return;
    this.#kept.delete(oldest[0]);
    disposePass(oldest[1]);
  }
}

const keyOf = ({ ids, edits }: Pass) => JSON.stringify([ids, edits]);
