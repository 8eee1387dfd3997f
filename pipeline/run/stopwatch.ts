/** Times named parts of a run, in seconds of the clock it is given; a part that is timed again adds to what it took. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get timings(): Record<string, number> {
    return Object.fromEntries(this.#seconds);
  }

  async time<T>(name: string, part: () => Promise<T>): Promise<T> {
    const startMs = this.#nowMs();
    const result = await part();
    this.add(name, (this.#nowMs() - startMs) / 1000);
    return result;
  }

  add(name: string, seconds: number): void {
    this.#seconds.set(name, (this.#seconds.get(name) ?? 0) + seconds);
  }
}
