/** What the pipeline may do to the world besides files; passed in, so that a run can be repeated and a test can listen. */
export interface Effects {
  log(line: string): void;
  /**
   * Starts a progress report over `total` things named by `unit`; one at a time. `from` of them were done before, and count
   * nothing towards the pace.
   */
  progress(label: string, total: number, unit: string, from?: number): Progress;
  /** Milliseconds; only differences mean anything. */
  now(): number;
}

export interface Progress {
  /** `done` counts from the start, so calls may be skipped or repeated. */
  update(done: number): void;
  end(): void;
}
