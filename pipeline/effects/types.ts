/** What the pipeline may do to the world besides files; passed in, so that a run can be repeated and a test can listen. */
export interface Effects {
  log(line: string): void;
  /**
   * Starts a progress report over `total` things named by `unit`; one at a time. `from` of them were done before, and count
   * nothing towards the pace; from the `first` on it is counted where something else comes before that.
   */
  progress(label: string, total: number, unit: string, from?: number | 'first'): Progress;
  /** Milliseconds; only differences mean anything. */
  now(): number;
}

export interface Progress {
  /** `done` counts from the start, so calls may be skipped or repeated. */
  update(done: number): void;
  end(): void;
}
