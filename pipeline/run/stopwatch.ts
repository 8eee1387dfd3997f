/** Times named parts of a run, in seconds of the clock it is given. */
export class Stopwatch {
  readonly timings: Record<string, number> = {};
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async time<T>(name: string, part: () => Promise<T>): Promise<T> {
    const startMs = this.#nowMs();
    const result = await part();
    this.timings[name] = (this.#nowMs() - startMs) / 1000;
    return result;
  }
}
