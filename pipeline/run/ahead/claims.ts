/** Who computes a part: nobody yet, the run, or its companion; free again for the run to read once the companion is done. */
const [free, theRun, theCompanion, settled] = [0, 1, 2, 3];

/** Which parts of a run's measures the run and its companion, another thread, have taken: each is computed by one of them. */
export class Claims {
  readonly names: readonly string[];
  /** To be sent to the companion. */
  readonly slots: Int32Array<SharedArrayBuffer>;

  constructor(
    names: readonly string[],
    slots = new Int32Array(new SharedArrayBuffer(names.length * Int32Array.BYTES_PER_ELEMENT)),
  ) {
    this.names = names;
    this.slots = slots;
  }

  /** Takes a part for the run, unless the companion has it. */
  takeForRun(name: string): void {
    this.#take(name, theRun);
  }

  /** Whether the companion may compute a part, which nobody else does then. */
  takeForCompanion(name: string): boolean {
    return this.#take(name, theCompanion);
  }

  isCompanions(name: string): boolean {
    const at = this.names.indexOf(name);
    return at >= 0 && Atomics.load(this.slots, at) === theCompanion;
  }

  /** Whether nothing is left to the companion, and it is at nothing. */
  get areTaken(): boolean {
    return this.names.every((_, at) => [theRun, settled].includes(Atomics.load(this.slots, at)));
  }

  /** Says that the companion is done with a part, whether it is stored or not. */
  settle(name: string): void {
    const at = this.names.indexOf(name);
    Atomics.compareExchange(this.slots, at, theCompanion, settled);
    Atomics.notify(this.slots, at);
  }

  /** Says that the companion has ended, and computes nothing more. */
  end(): void {
    for (const name of this.names) {
      this.#take(name, settled);
      this.settle(name);
    }
  }

  /** Waits until the companion is done with a part, or some milliseconds have gone by. */
  async change(name: string, ms: number): Promise<void> {
    await Atomics.waitAsync(this.slots, this.names.indexOf(name), theCompanion, ms).value;
  }

  #take(name: string, by: number): boolean {
    const at = this.names.indexOf(name);
    return at >= 0 && Atomics.compareExchange(this.slots, at, free, by) === free;
  }
}
